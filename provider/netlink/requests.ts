/** Whole messages about links, ready to be sent. Replies to them are decoded by `link-message.ts` and others. */
import {
  AF_UNSPEC,
  IFNAMSIZ,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  RTEXT_FILTER_SKIP_STATS,
  RTM_DELLINK,
  RTM_DELLINKPROP,
  RTM_GETLINK,
  RTM_GETNSID,
  RTM_NEWLINK,
  RTM_NEWLINKPROP,
  RTM_NEWNSID,
  RTM_SETLINK,
} from "./constants";
import { encodeLink, type LinkAttributes, type LinkMessage } from "./link-message";
import { encodeMessage } from "./message";
import { encodeNamespace, type NamespaceAttributes } from "./namespace-message";

export interface RequestOptions {
  readonly sequence: number;
  /**
   * NLM_F_* beside NLM_F_REQUEST. Left out, it is NLM_F_ACK, so that every request has an end;
   * a dump ends with NLMSG_DONE and gets none.
   */
  readonly flags?: number;
}

export interface LinkReadOptions extends RequestOptions {
  /** Read in the namespace that has this number in ours (`getNamespaceId`). */
  readonly targetNamespaceId?: number;
}

/** A link as a request gives it: what is left out is 0. */
export type LinkRequest = Partial<Omit<LinkMessage, "attributes">> &
  Pick<LinkMessage, "attributes">;

/**
 * Without an IFLA_EXT_MASK a dump silently ends before a link of more than 32 KiB. This one also
 * leaves out IPv6's counters (but not IFLA_STATS): 1,176 bytes instead of 1,544 for a macvlan.
 */
const readMask: LinkAttributes = { IFLA_EXT_MASK: RTEXT_FILTER_SKIP_STATS };

export function getLinkByIndex(index: number, options: LinkReadOptions): Uint8Array {
  return linkRequest(RTM_GETLINK, { index, attributes: readAttributes(options) }, options);
}

/** Finds alternative names too: the reply's IFLA_IFNAME may be another name. */
export function getLinkByName(name: string, options: LinkReadOptions): Uint8Array {
  const attributes = { ...readAttributes(options), ...nameAttribute(name) };
  return linkRequest(RTM_GETLINK, { attributes }, options);
}

export function dumpLinks(options: LinkReadOptions): Uint8Array {
  const flags = NLM_F_DUMP | (options.flags ?? 0);
  return linkRequest(RTM_GETLINK, { attributes: readAttributes(options) }, { ...options, flags });
}

/** Creates (with NLM_F_CREATE and NLM_F_EXCL among the flags) or changes a link. */
export function newLink(link: LinkRequest, options: RequestOptions): Uint8Array {
  return linkRequest(RTM_NEWLINK, link, options);
}

/** Changes the link that has this alternative name, and none where nothing has it. */
export function setLinkNamed(
  name: string,
  attributes: LinkAttributes,
  options: RequestOptions,
): Uint8Array {
  return linkRequest(
    RTM_SETLINK,
    { attributes: { IFLA_ALT_IFNAME: name, ...attributes } },
    options,
  );
}

export function deleteLink(index: number, options: RequestOptions): Uint8Array {
  return linkRequest(RTM_DELLINK, { index, attributes: {} }, options);
}

/** All members at once, whoever made them; none is deleted if one cannot be. */
export function deleteLinksOfGroup(group: number, options: RequestOptions): Uint8Array {
  return linkRequest(RTM_DELLINK, { attributes: { IFLA_GROUP: group } }, options);
}

export function addAlternativeNames(
  index: number,
  names: readonly string[],
  options: RequestOptions,
): Uint8Array {
  return linkRequest(RTM_NEWLINKPROP, { index, attributes: { IFLA_PROP_LIST: names } }, options);
}

export function deleteAlternativeNames(
  index: number,
  names: readonly string[],
  options: RequestOptions,
): Uint8Array {
  return linkRequest(RTM_DELLINKPROP, { index, attributes: { IFLA_PROP_LIST: names } }, options);
}

/** From whichever link has it. */
export function deleteAlternativeName(name: string, options: RequestOptions): Uint8Array {
  const attributes = { IFLA_ALT_IFNAME: name, IFLA_PROP_LIST: [name] };
  return linkRequest(RTM_DELLINKPROP, { attributes }, options);
}

/** Asks for the number (NETNSA_NSID) of a namespace given by NETNSA_FD, NETNSA_PID or NETNSA_NSID. */
export function getNamespaceId(
  namespace: NamespaceAttributes,
  options: RequestOptions,
): Uint8Array {
  return namespaceRequest(RTM_GETNSID, namespace, options);
}

/** Gives a namespace a number; NETNSA_NSID_NOT_ASSIGNED lets the kernel choose a free one. */
export function assignNamespaceId(
  namespace: NamespaceAttributes,
  options: RequestOptions,
): Uint8Array {
  return namespaceRequest(RTM_NEWNSID, namespace, options);
}

function readAttributes({ targetNamespaceId }: LinkReadOptions): LinkAttributes {
  if (targetNamespaceId === undefined) return readMask;
  return { IFLA_TARGET_NETNSID: targetNamespaceId, ...readMask };
}

function nameAttribute(name: string): LinkAttributes {
  // Only an alternative name can be as long as that; under IFLA_IFNAME it is refused with ERANGE.
  const fits = Buffer.byteLength(name) < IFNAMSIZ;
  return fits ? { IFLA_IFNAME: name } : { IFLA_ALT_IFNAME: name };
}

function linkRequest(type: number, link: LinkRequest, options: RequestOptions): Uint8Array {
  const body = encodeLink({
    family: link.family ?? AF_UNSPEC,
    type: link.type ?? 0,
    index: link.index ?? 0,
    flags: link.flags ?? 0,
    change: link.change ?? 0,
    attributes: link.attributes,
  });
  return request(type, body, options);
}

function namespaceRequest(
  type: number,
  attributes: NamespaceAttributes,
  options: RequestOptions,
): Uint8Array {
  return request(type, encodeNamespace({ family: AF_UNSPEC, attributes }), options);
}

export function request(type: number, body: Uint8Array, options: RequestOptions): Uint8Array {
  const flags = NLM_F_REQUEST | (options.flags ?? NLM_F_ACK);
  return encodeMessage({ type, flags, sequence: options.sequence, portId: 0, body });
}
