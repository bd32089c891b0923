import type { Connection, LinkInputs, Settings } from "../provider/link/model";
import type { Config } from "../provider/request";
import { checkLinkInputs } from "../provider/resources/link";
import { GROUP, type LowerDevice } from "./lower-device";

export interface LinkToMake {
  readonly name: string;
  readonly macAddress: string;
  readonly alias: string;
}

/** Names that no other round has, and MAC addresses that no other link of the round has. */
export function linksToMake(count: number, round: number): LinkToMake[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `r${round}n${n}`,
    macAddress: `02:00:00:${[round & 0xff, n >> 8, n & 0xff].map(octet).join(":")}`,
    alias: `link ${n} of a benchmark`,
  }));
}

const octet = (value: number): string => value.toString(16).padStart(2, "0");

/** Without check's look at the host, which one look serves for all. */
export const config: Config = (key) => (key === "snapshot" ? "off" : undefined);

/** As check leaves a program's arguments. */
export async function inputsOf(
  link: LinkToMake & Settings & { readonly connection?: Connection },
  lower: LowerDevice,
): Promise<LinkInputs> {
  const resourceUrn = `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/macvlan:Macvlan::${link.name}`;
  const given = {
    kind: "macvlan",
    resourceUrn,
    lowerDevice: lower.name,
    mode: "bridge",
    group: GROUP,
  };
  const { inputs, failures } = await checkLinkInputs({
    inputs: { ...given, ...link },
    config,
    isUnknown: () => false,
  });
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return inputs as unknown as LinkInputs;
}
