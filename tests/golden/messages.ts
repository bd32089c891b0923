/** What the tests of this folder do with a fixture. */
import { ok } from "node:assert";
import { decodeAckBody, encodeAckBody, isAck } from "../../provider/netlink/ack";
import { decodeAddress, encodeAddress } from "../../provider/netlink/address-message";
import * as kernel from "../../provider/netlink/constants";
import { decodeLink, encodeLink } from "../../provider/netlink/link-message";
import { decodeMessages, type NetlinkMessage } from "../../provider/netlink/message";
import { decodeNamespace, encodeNamespace } from "../../provider/netlink/namespace-message";
import { decodeRoute, encodeRoute } from "../../provider/netlink/route-message";
import { decodeRule, encodeRule } from "../../provider/netlink/rule-message";
import { readFixture } from "./fixture";

export function bodyAgain(message: NetlinkMessage): Uint8Array {
  if (isAck(message)) return encodeAckBody(decodeAckBody(message));
  const { type, body } = message;
  if (type === kernel.RTM_NEWNSID) return encodeNamespace(decodeNamespace(body));
  if (type === kernel.RTM_NEWADDR || type === kernel.RTM_GETADDR)
    return encodeAddress(decodeAddress(body));
  if (type === kernel.RTM_NEWROUTE || type === kernel.RTM_GETROUTE)
    return encodeRoute(decodeRoute(body));
  if (type === kernel.RTM_NEWRULE) return encodeRule(decodeRule(body));
  return encodeLink(decodeLink(body));
}

export function onlyMessage(name: string): NetlinkMessage {
  const [message, ...others] = decodeMessages(readFixture(name).bytes);
  ok(message !== undefined && others.length === 0);
  return message;
}

/** Leaves out what no test here is about. */
export function pick(values: object, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}
