import { HostError } from "../../errors";
import { StepRefused, type LinkHost } from "../../host/link-host";
import type { Namespace } from "../../host/namespaces";
import { nextSequence } from "../../host/step-messages";
import { explain } from "../../link/explain";
import { Errno } from "../../netlink/errno";
import { newLink } from "../../netlink/requests";
import type { ObservedPort, PortInputs } from "../../port/model";
import { type SettingStep, shortfalls } from "../../port/port";
import { deedsOfPort } from "../../port/cut-offs";
import { toAttributes } from "../../port/properties";
import { refuseToCutOff } from "../link/cut-off";
import { existingPort, lookAtBackup } from "./look";

/** Sets one by one, each with what takes it back, so that a refusal names its setting and leaves nothing. */
export async function apply(
  host: LinkHost,
  beside: Namespace,
  port: ObservedPort,
  steps: readonly SettingStep[],
  operation: string,
): Promise<void> {
  if (steps.length === 0) return;
  await refuseToCutOff(host, { below: beside, beside }, operation, deedsOfPort(steps, port));
  const [{ handle }, { ifindex }] = [beside, port];
  const numbers = await numbersOf(host, beside, port, steps, operation);
  const message = (name: SettingStep["name"], value: boolean | number | string): Uint8Array =>
    newLink(
      {
        index: ifindex,
        attributes: {
          IFLA_LINKINFO: {
            IFLA_INFO_SLAVE_KIND: "bridge",
            IFLA_INFO_SLAVE_DATA: toAttributes(
              name,
              typeof value === "string" ? (numbers.get(value) ?? 0) : value,
            ),
          },
        },
      },
      { sequence: nextSequence() },
    );
  const undo = host.session.newUndoId();
  // Refused ones are answered in their order, so the name of the step tells the setting.
  let done = 0;
  try {
    for (const { name, value, was } of steps) {
      const inverses = was === undefined ? [] : [{ handle, message: message(name, was) }];
      await host.carryOut(undo, [{ handle, message: message(name, value), inverses }]);
      done++;
    }
    await host.session.disarm(undo);
  } catch (error) {
    await host.session.undo(undo).catch(() => undefined);
    const property = steps[done]?.name;
    throw error instanceof StepRefused ? refused(error, host, operation, property) : error;
  }
}

/** The kernel knows a backup port by its number, and none by 0. */
async function numbersOf(
  host: LinkHost,
  beside: Namespace,
  port: ObservedPort,
  steps: readonly SettingStep[],
  operation: string,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { value, was } of steps) {
    if (typeof value !== "string") continue;
    const backup = await lookAtBackup(host, beside, port, value);
    if ("reason" in backup)
      throw new HostError({
        ...{ kind: "refused", operation, host: host.label, cause: `backupPort: ${backup.reason}` },
        cure: "Name another port of the same bridge",
      });
    found.set(value, backup.ifindex);
    if (typeof was !== "string" || was === "") continue;
    const former = await host.device(beside, { name: was });
    if (former !== undefined) found.set(was, former.ifindex);
  }
  return found;
}

function refused(
  { errno, kernelText }: StepRefused,
  host: LinkHost,
  operation: string,
  property: string | undefined,
): HostError {
  if (errno === Errno.EINVAL || errno === Errno.EOPNOTSUPP)
    return new HostError({
      ...{ kind: "refused", operation, host: host.label, errno, kernelText },
      cause: `${property}: the kernel does not take this value for the port`,
      cure: "Some settings go together (mab needs locked and learning); an older kernel does not know them all",
    });
  return new HostError(
    explain({ operation, host: host.label, errno, kernelText, property }, undefined),
  );
}

/** The port as it is after a change, and what of it is not as wanted. */
export async function readBack(
  host: LinkHost,
  inputs: PortInputs,
  operation: string,
): Promise<{ readonly port: ObservedPort; readonly reasons: readonly string[] }> {
  const { port } = await existingPort(host, inputs, operation);
  const differences = shortfalls(inputs, port);
  if (differences.length === 0) return { port, reasons: [] };
  const { message } = new HostError({
    kind: "differs",
    operation,
    host: host.label,
    cause: `the port is not as wanted: ${differences.join("; ")}`,
    cure: `The kernel took the change without doing it: Linux ${host.session.hello.kernel} may be older than the setting`,
  });
  return { port, reasons: [message] };
}
