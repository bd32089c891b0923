import { HostError } from "../../errors";
import { StepRefused, type LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import { sameNamespace } from "../../host/step-messages";
import { keyOf } from "../../link/addresses";
import { causesIn, sceneOf, type Scene, type Snapshot } from "../../link/causes";
import { explain } from "../../link/explain";
import type { LinkInputs, PropertyName, Settings } from "../../link/model";
import type { Step } from "../../link/plan";

/** "create macvlan web on eth0", for messages. */
export function operationOn(
  verb: string,
  { kind, name, lowerDevice }: Pick<LinkInputs, "kind" | "name" | "lowerDevice">,
): string {
  return `${verb} ${kind} ${name} on ${lowerDevice}`;
}

export async function snapshotOf(host: LinkHost, { below, beside }: Place): Promise<Snapshot> {
  const devices = host.devices(below);
  const [here, there] = await Promise.all([
    devices,
    sameNamespace(below, beside) ? devices : host.devices(beside),
  ]);
  return { below: here, beside: there };
}

/** Turns a bare errno into a cause and a cure, by looking at the host once more. */
export async function explained(
  error: unknown,
  host: LinkHost,
  place: Place,
  operation: string,
  settings: Settings,
  mark: string,
): Promise<unknown> {
  if (!(error instanceof StepRefused)) return error;
  const { errno, kernelText, step } = error;
  // A host that breaks now still had its say before; the errno alone is better than nothing.
  const scene = await snapshotOf(host, place)
    .then((snapshot) => sceneOf(snapshot, settings, mark))
    .catch(() => undefined);
  const property = propertyOf(step);
  const refusal = {
    operation,
    host: host.label,
    errno,
    kernelText,
    property,
    entry: entryOf(step),
  };
  return new HostError(explain(refusal, scene), { cause: error });
}

const PROPERTY_OF: Partial<Record<Step["do"], PropertyName>> = {
  "set sysctls": "sysctls",
  "write sysctl": "sysctls",
  "set lower sysctls": "arp",
  "add rule": "arp",
  "remove rule": "arp",
  "set bridge": "bridge",
  "add address": "addresses",
  "remove address": "addresses",
  "set route": "routes",
  "remove route": "routes",
};

/** The one entry of a list that a refused step was about. */
function entryOf(step: Step | undefined): string | undefined {
  switch (step?.do) {
    case "add address":
    case "remove address":
      return keyOf(step.address);
    case "set route":
    case "remove route":
      return step.route.gateway === undefined
        ? step.route.destination
        : `${step.route.destination} by ${step.route.gateway}`;
    case "write sysctl":
      return step.name;
    case "set bridge":
      return step.bridge;
    default:
      return undefined;
  }
}

/** The one property that a refused step was about. */
function propertyOf(step: Step | undefined): string | undefined {
  if (step?.do === "add alternative names" || step?.do === "remove alternative names")
    return "altNames";
  const own = step && PROPERTY_OF[step.do];
  if (own !== undefined) return own;
  if (step?.do !== "set") return undefined;
  const names = Object.keys(step.settings);
  return names.length === 1 ? names[0] : undefined;
}

export function noLowerDevice(host: LinkHost, operation: string, scene: Scene): HostError {
  const [found] = causesIn(scene).filter(({ property }) => property === "lowerDevice");
  return new HostError({
    kind: "missing",
    operation,
    host: host.label,
    cause: `lowerDevice: ${found?.cause ?? "the lower device is gone"}`,
    cure: found?.cure,
  });
}
