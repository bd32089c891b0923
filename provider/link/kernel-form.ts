import { IFF_UP } from "../netlink/link-constants";
import type { LinkAttributes, LinkMessage } from "../netlink/link-message";
import type { MacvlanAttributes } from "../netlink/macvlan-attributes";
import { joinAlias, splitAlias } from "./alias";
import type { Kind, ObservedLink, PropertyName, Settings } from "./model";
import { PROPERTIES, PROPERTY_NAMES } from "./properties";
import type { Fragment } from "./property";

/** The part of a link message that says some settings: attributes, and what becomes of IFF_UP. */
export interface KernelForm {
  readonly attributes: LinkAttributes;
  readonly flags: number;
  /** Which bits of `flags` are meant; the kernel leaves the others alone. */
  readonly change: number;
}

/** Settings as attributes, row by row of the property table. An alias goes out with its mark, where it has one. */
export function toKernel(kind: Kind, settings: Settings, mark: string | undefined): KernelForm {
  const attributes: LinkAttributes = {};
  const macvlan: MacvlanAttributes = {};
  let up: boolean | undefined;
  // Its own names only: most messages say one or two of them.
  for (const name of Object.keys(settings) as PropertyName[]) {
    const fragment = write(name, settings);
    if (fragment === undefined) continue;
    Object.assign(attributes, fragment.attributes);
    Object.assign(macvlan, fragment.macvlan);
    up ??= fragment.up;
  }
  const { alias } = settings;
  const isDescribed = Object.keys(macvlan).length > 0;
  return {
    attributes: {
      ...attributes,
      ...(alias !== undefined && { IFLA_IFALIAS: joinAlias(alias, mark) }),
      ...(isDescribed && { IFLA_LINKINFO: { IFLA_INFO_KIND: kind, IFLA_INFO_DATA: macvlan } }),
    },
    flags: up === true ? IFF_UP : 0,
    change: up === undefined ? 0 : IFF_UP,
  };
}

function write<K extends PropertyName>(name: K, settings: Settings): Fragment | undefined {
  const value = settings[name];
  return value === undefined ? undefined : PROPERTIES[name].write?.(value, settings);
}

// RFC 2863 names in the kernel's order (IF_OPER_*), as `ip` prints them.
const OPER_STATES = [
  "UNKNOWN",
  "NOTPRESENT",
  "DOWN",
  "LOWERLAYERDOWN",
  "TESTING",
  "DORMANT",
  "UP",
] as const;

/** A link as the kernel's message shows it. What only its surroundings tell (namespaces, tap) is not in it. */
export function fromKernel(message: LinkMessage): ObservedLink {
  const { attributes } = message;
  const settings: Record<string, unknown> = { name: attributes.IFLA_IFNAME ?? "" };
  for (const name of PROPERTY_NAMES) {
    const value = PROPERTIES[name].read?.(message);
    if (value !== undefined) settings[name] = value;
  }
  const data = attributes.IFLA_LINKINFO?.IFLA_INFO_DATA;
  return {
    ifindex: message.index,
    kind: attributes.IFLA_LINKINFO?.IFLA_INFO_KIND,
    settings: settings as ObservedLink["settings"],
    mark: splitAlias(attributes.IFLA_IFALIAS ?? "").mark,
    lowerIfindex: attributes.IFLA_LINK,
    operState: OPER_STATES[attributes.IFLA_OPERSTATE ?? 0] ?? "UNKNOWN",
    conf: {
      ipv4: attributes.IFLA_AF_SPEC?.AF_INET?.IFLA_INET_CONF,
      ipv6: attributes.IFLA_AF_SPEC?.AF_INET6?.IFLA_INET6_CONF,
    },
    usedBroadcastQueueLength:
      data === undefined || data instanceof Uint8Array
        ? undefined
        : data.IFLA_MACVLAN_BC_QUEUE_LEN_USED,
  };
}
