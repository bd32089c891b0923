import { HostError } from "../../errors";
import { withAroundOf } from "../../host/around";
import type { LinkHost } from "../../host/link-host";
import type { Place } from "../../host/namespaces";
import { type Interest, interestIn } from "../../link/around";
import type { Device } from "../../link/causes";
import type { LinkInputs, LinkState, Sysctls } from "../../link/model";
import { sysctlSeen } from "../../link/sysctls";
import type { Wanted } from "../../link/wanted";

/** What is looked at beside the link itself: what the program declares, and what it did declare. */
export function interestOf(
  { settings, mark }: Wanted,
  { exclusive }: Pick<LinkInputs, "exclusive">,
  state?: LinkState,
): Interest {
  return interestIn({ ...settings, ...(exclusive === true && { exclusive }) }, mark, state);
}

/** A link that was found, with what stands around it. */
export async function withItsAround(
  host: LinkHost,
  { beside }: Place,
  link: Device,
  interest: Interest,
): Promise<Device> {
  return (await withAroundOf(host, beside, link.ifindex, link, interest)) ?? link;
}

/** The bridges that a plan may name, the one that the link is to be in and the one that it is in. */
export async function bridgesFor(
  host: LinkHost,
  { beside }: Place,
  operation: string,
  ...names: readonly (string | undefined)[]
): Promise<ReadonlyMap<string, number>> {
  const wanted = names.filter((name): name is string => name !== undefined && name !== "");
  const found = await Promise.all(wanted.map((name) => host.device(beside, { name })));
  return new Map(
    wanted.map((name, at) => {
      const bridge = found[at];
      if (bridge?.kind === "bridge") return [name, bridge.ifindex] as const;
      throw new HostError({
        kind: "missing",
        operation,
        host: host.label,
        cause: `bridge: ${bridge === undefined ? `there is no device "${name}" in the link's namespace` : `${name} is no bridge`}`,
        cure: `Make it first ("ip link add ${name} type bridge"), or leave bridge out`,
      });
    }),
  );
}

/** What the declared sysctls were before anybody declared them. */
export function sysctlsBefore(
  { sysctls = {} }: Pick<LinkInputs, "sysctls">,
  link: Device,
  former: Sysctls = {},
): Sysctls | undefined {
  const names = Object.keys(sysctls);
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = former[name] ?? sysctlSeen(name, link);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
