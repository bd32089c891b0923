import * as pulumi from "@pulumi/pulumi";
import { hearEachOther, needHairpin, whatParts } from "../provider/link/reach";
import type { Mode } from "../provider/link/model";
import type { MacvtapArgs } from "./link-args";

interface Declared {
  readonly resource: pulumi.Resource;
  readonly name: string;
  readonly mode: Mode;
  readonly broadcastLimit: number | undefined;
}

let gathered: Map<string, Declared[]> | undefined;
let hasHairpin = false;

/** A port that sends frames back is what VEPA needs. */
export const declareHairpin = (): void => void (hasHairpin = true);

/**
 * Notes a link, for the warnings that need the program alone; given once it has made all that it makes before
 * it waits for anything. What is not known yet says nothing.
 */
export function declareLink(resource: pulumi.Resource, name: string, args: MacvtapArgs): void {
  const { connection, lowerNetns, lowerDevice, mode = "vepa", broadcastLimit } = args;
  if (typeof lowerDevice !== "string" || typeof mode !== "string") return;
  const [host, netns] = [spell(connection), spell(lowerNetns)];
  if (host === undefined || netns === undefined) return;
  const on = `${host} ${netns} ${lowerDevice}`;
  if (gathered === undefined) {
    gathered = new Map();
    void Promise.resolve().then(warnOfAll);
  }
  const limit = typeof broadcastLimit === "number" ? broadcastLimit : undefined;
  const others = gathered.get(on);
  const declared = { resource, name, mode, broadcastLimit: limit };
  if (others === undefined) gathered.set(on, [declared]);
  else others.push(declared);
}

/** Undefined where some of it is known later only: two that look alike may be two hosts then. */
function spell(value: unknown): string | undefined {
  let isKnown = true;
  // An output would say of itself that it has no JSON: the part as it is, not what comes of it.
  const text = JSON.stringify(
    { value },
    function (this: Readonly<Record<string, unknown>>, key, part: unknown) {
      const raw = this[key];
      isKnown &&= !pulumi.Output.isInstance(raw) && !(raw instanceof Promise);
      return isKnown ? part : undefined;
    },
  );
  return isKnown ? text : undefined;
}

async function warnOfAll(): Promise<void> {
  const all = gathered;
  gathered = undefined;
  const setting =
    process.env["PULUMI_MACVLAN_WARNINGS"] ?? new pulumi.Config("macvlan").get("warnings");
  if (setting === "off") return;
  for (const [on, links] of all ?? [])
    for (const [text, resource] of warningsOf(on.split(" ").at(-1) ?? "", links))
      await pulumi.log.warn(text, resource);
}

function* warningsOf(
  lower: string,
  links: readonly Declared[],
): Generator<[text: string, resource: pulumi.Resource]> {
  const ofMode = new Map(links.map((link) => [link.mode, link]));
  ofMode.delete("passthru");
  const [one, ...others] = ofMode.values();
  for (const other of others)
    if (one !== undefined && !hearEachOther(one.mode, other.mode, false))
      yield [
        `${one.name} (mode ${one.mode}) and ${other.name} (mode ${other.mode}) on ${lower} do not reach each other${whatParts(one.mode, other.mode)}. Use mode bridge for those that shall`,
        other.resource,
      ];
  const vepa = links.filter(({ mode }) => mode !== "source" && needHairpin(mode, mode));
  const [first, second] = vepa;
  if (first !== undefined && second !== undefined && !hasHairpin)
    yield [
      `${first.name} and ${second.name}${vepa.length > 2 ? ", …" : ""} on ${lower} are in VEPA mode: they reach each other through a switch that sends frames back (hairpin), and the program declares none. Use mode bridge, or a BridgePort with hairpin: true`,
      second.resource,
    ];
  const limits = links.filter(({ broadcastLimit }) => broadcastLimit !== undefined);
  const odd = limits.find(({ broadcastLimit }) => broadcastLimit !== limits[0]?.broadcastLimit);
  if (limits[0] !== undefined && odd !== undefined)
    yield [
      `${limits[0].name} wants a broadcastLimit of ${limits[0].broadcastLimit}, ${odd.name} one of ${odd.broadcastLimit}; ${lower} has one for all of its links, and they will change it in turns. Declare one value`,
      odd.resource,
    ];
}
