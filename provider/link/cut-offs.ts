/** What can be done to links that would cut the connection by which it is asked for. */
import { omitUndefined } from "../omit-undefined";
import { ipOf } from "./addresses";
import type { Carrier } from "./carriers";
import { lowerDeviceIn, type Device } from "./causes";
import { having, MARK } from "./having";
import { hostOf, isSameHost } from "./host";
import type { Address, LinkInputs, PropertyName, Settings } from "./model";
import { IPV6_MIN_MTU } from "./plan";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import { complete, holds, type Wanted } from "./wanted";
import { type Way, wayChanges } from "./way-changes";

/** Something that cuts the connection if the device carries it. */
export interface Deed {
  readonly property?: string;
  /** What would happen, as a clause. */
  readonly what: string;
  /** In which namespace the device is: the lower device's, or the link's. */
  readonly in: "below" | "beside";
  readonly device: Pick<Device, "ifindex" | "settings">;
  /** It does harm below some MTU only, by what the connection speaks. */
  readonly mtu?: number;
  /** Done to a hundred links in a row, most of which carry nothing. */
  readonly isCommon?: true;
  /**
   * Addresses that the program itself gave the device: which device carries the connection may be unknown (a
   * container's `exec` has none), and then no link with an address could be deleted by those who made it.
   */
  readonly ours?: readonly string[];
  /** It does harm to such a way only, whatever device the connection stands on. */
  readonly takes?: (way: Way) => boolean;
}

const ANOTHER_WAY = "Reach the host through another device, or run Pulumi on the host itself";
const CURES: Readonly<Record<string, string>> = {
  mode: `Use another mode or lower device, or move the device into a namespace of its own (lowerNetns). ${ANOTHER_WAY}`,
  mtu: `Declare a larger MTU. ${ANOTHER_WAY}`,
  addresses: `Name another address of the host in connection first. ${ANOTHER_WAY}`,
};

// What IPv4 may not be refused (RFC 791): with less, TCP's segments do not fit any more.
const IPV4_LEAST_MTU = 576;

/**
 * A passthru link has its lower device to itself, down or up: the host receives nothing by it any more.
 * Any link can get routes that win over those of the connection.
 */
export function deedsOfCreation(wanted: Partial<LinkInputs>, lower: Device | undefined): Deed[] {
  const { mode, name = "" } = wanted;
  const around = deedsAround(wanted, { ifindex: 0, settings: { name } });
  if (mode !== "passthru" || lower === undefined) return around;
  const what = `a passthru link takes all that ${lower.settings.name} receives`;
  return [{ property: "mode", what, in: "below", device: lower }, ...around];
}

function deedsAround(wanted: Settings, device: Deed["device"]): Deed[] {
  return wayChanges(wanted, device).map(({ property, what, takes, isAddition }) => ({
    ...{ property, what, in: "beside", device, takes },
    ...(isAddition && { isCommon: true }),
  }));
}

type Rule = (wanted: Wanted["settings"], link: Device) => readonly Deed[];

const CHANGES: readonly Rule[] = [
  (wanted, link) => {
    if (wanted.adminState !== "down" || link.settings.adminState !== "up") return [];
    const what = `taking ${link.settings.name} down stops all that it carries`;
    const deed: Deed = { property: "adminState", what, in: "beside", device: link };
    const { mode, lowerDevice = "its lower device" } = { ...wanted, mode: link.settings.mode };
    if (mode !== "passthru" || link.lowerIfindex === undefined) return [deed];
    // What its lower device receives goes to it alone, and through it to the host while it is up.
    const lower = { ifindex: link.lowerIfindex, settings: { name: lowerDevice } };
    return [deed, { ...deed, in: "below", device: lower }];
  },
  ({ mtu }, link) => {
    if (mtu === undefined || mtu >= IPV6_MIN_MTU || mtu >= (link.settings.mtu ?? 0)) return [];
    const what = `an MTU of ${mtu} is too small for a connection`;
    return [{ property: "mtu", what, in: "beside", device: link, mtu }];
  },
  ({ sourceMacAddresses }, link) => {
    const { mode, sourceMacAddresses: seen = [] } = link.settings;
    const lost = seen.filter((address) => !(sourceMacAddresses ?? seen).includes(address));
    if (mode !== "source" || lost.length === 0) return [];
    const what = `${link.settings.name} would hear ${lost.join(", ")} no more`;
    return [{ property: "sourceMacAddresses", what, in: "beside", device: link }];
  },
  deedsAround,
];

/** Of bringing a link to what is wanted. */
export function deedsOfChange({ settings }: Wanted, link: Device): Deed[] {
  return CHANGES.flatMap((rule) => rule(settings, link));
}

/** `property`: the change for which it must be deleted and made anew. */
export function deedsOfDeletion(
  link: Device,
  property?: string,
  declared: readonly Address[] = [],
): Deed[] {
  const { name } = link.settings;
  const what =
    property === undefined ? `${name} would be deleted` : `${name} would be deleted and made anew`;
  const ours = declared.map(ipOf);
  const deed = { what, in: "beside", device: link, isCommon: true, ours } as const;
  return [omitUndefined({ property }, deed)];
}

/** What a preview can tell: of the creation, or of what becomes of the link that is there. */
export function deedsOfInputs(
  inputs: LinkInputs,
  { below, beside }: { readonly below: readonly Device[]; readonly beside: readonly Device[] },
  before: LinkInputs | undefined,
  adopted: Device | undefined,
): Deed[] {
  const creation = (): Deed[] => deedsOfCreation(inputs, lowerDeviceIn(below, inputs.lowerDevice));
  const change = (link: Device): Deed[] =>
    deedsOfChange(
      complete(inputs, undefined, before && memoryOf(before)),
      withDeclared(link, before),
    );
  if (before === undefined || !isSameHost(hostOf(before), hostOf(inputs)))
    return [...creation(), ...(adopted === undefined ? [] : change(adopted))];
  const [link] = having(beside, MARK, inputs.identity.mark);
  const replaced = replacedBy(before, inputs);
  if (replaced === undefined) return link === undefined ? [] : change(link);
  return [
    ...creation(),
    ...(link === undefined ? [] : deedsOfDeletion(link, replaced, before.addresses)),
  ];
}

/** What an earlier program declared goes when this one does not. */
const memoryOf = ({ addresses, routes }: LinkInputs): { readonly declared: readonly string[] } => ({
  declared: Object.keys(omitUndefined({ addresses, routes })),
});

/** A preview's look at devices does not show them. */
function withDeclared(link: Device, before: LinkInputs | undefined): Device {
  const { addresses, routes } = before ?? {};
  return { ...link, settings: { ...link.settings, ...omitUndefined({ addresses, routes }) } };
}

/** The property for which the link must be made anew, as far as inputs tell. */
export function replacedBy(before: LinkInputs, inputs: LinkInputs): string | undefined {
  if (before.kind !== inputs.kind) return "kind";
  const [old, wanted] = [before, inputs].map((each) => complete(each, undefined).settings);
  return PROPERTY_NAMES.find(
    (name: PropertyName) =>
      PROPERTIES[name].change === "replacement" && !holds(name, wanted?.[name], old?.[name]),
  );
}

/** What is known of the connection where a deed's device is. */
export interface Connecting {
  readonly carriers: ReadonlyMap<number, Carrier>;
  readonly unknown: string | undefined;
  /** Whether it speaks IPv6, as far as anybody can tell. */
  readonly ipv6: boolean;
  /** The ways of its packets, where they can be told. */
  readonly ways?: readonly Way[];
}

export interface CutOff {
  readonly property: string | undefined;
  readonly cause: string;
  readonly cure: string;
}

/** Why a deed is refused; nothing where it cannot cut the connection. */
export function cutOffBy(
  { property, what, device, mtu, takes, ours = [] }: Deed,
  { carriers, unknown, ipv6, ways = [] }: Connecting,
): CutOff | undefined {
  if (takes !== undefined) {
    const way = ways.find(takes);
    if (way === undefined) return undefined;
    const cause = `${what} would cut the connection to this host, from ${way.remote} to ${way.local}`;
    return { property, cause, cure: CURES[property ?? ""] ?? ANOTHER_WAY };
  }
  const carrier = carriers.get(device.ifindex);
  if (carrier === undefined) return undefined;
  if (mtu !== undefined && mtu >= (ipv6 ? IPV6_MIN_MTU : IPV4_LEAST_MTU)) return undefined;
  if (carrier.addresses?.every((address) => ours.includes(address)) === true) return undefined;
  const { name } = carrier.device.settings;
  const carries = carrier.isCertain
    ? `${name} carries the connection to this host (${carrier.why})`
    : `${name} may carry the connection to this host (${carrier.why}); which device does is not known: ${unknown ?? "nothing tells"}`;
  return { property, cause: `${what}, and ${carries}`, cure: CURES[property ?? ""] ?? ANOTHER_WAY };
}
