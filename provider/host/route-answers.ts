/** Addresses and routes of a host, as the kernel answers them. */
import { HostError } from "../errors";
import { decodeAck, isAck } from "../netlink/ack";
import { type AddressMessage, decodeAddress } from "../netlink/address-message";
import {
  AF_INET,
  AF_INET6,
  NLM_F_DUMP_INTR,
  RTM_NEWADDR,
  RTM_NEWNSID,
  RTM_NEWROUTE,
  RTM_NEWRULE,
} from "../netlink/constants";
import { Errno, errnoName } from "../netlink/errno";
import { decodeMessages, type NetlinkMessage } from "../netlink/message";
import { decodeNamespace } from "../netlink/namespace-message";
import { getNamespaceId } from "../netlink/requests";
import { decodeRoute, type RouteMessage } from "../netlink/route-message";
import { decodeRule, dumpRules, type RuleMessage } from "../netlink/rule-message";
import { dumpAddresses, dumpRoutes, getRouteOf, type TcpEnds } from "../netlink/route-requests";
import type { LinkHost } from "./link-host";
import type { Handle, Namespace } from "./namespaces";
import { nextSequence } from "./step-messages";
import { trace } from "./trace";

// As for links: so many in a row only fail where addresses come and go without end.
const DUMP_TRIES = 50;

async function ask(
  host: LinkHost,
  { handle }: Handle,
  message: Uint8Array,
): Promise<readonly NetlinkMessage[]> {
  trace("to the kernel", [message]);
  const datagrams = await host.session.request(handle, message);
  trace("from the kernel", datagrams);
  return datagrams.flatMap(decodeMessages);
}

const refusalOf = (answer: readonly NetlinkMessage[]): number =>
  answer
    .filter(isAck)
    .map((ack) => decodeAck(ack).errno)
    .find((errno) => errno !== 0) ?? 0;

const ofType = (answer: readonly NetlinkMessage[], type: number): readonly NetlinkMessage[] =>
  answer.filter((message) => message.type === type);

/** Addresses of both families, of all devices or of one. */
export async function addressesIn(
  host: LinkHost,
  namespace: Handle,
  index?: number,
): Promise<readonly AddressMessage[]> {
  const of = { ...(index !== undefined && { index }) };
  const answer = await dump(host, namespace, "addresses", () =>
    dumpAddresses({ sequence: nextSequence(), ...of }),
  );
  return ofType(answer, RTM_NEWADDR)
    .map(({ body }) => decodeAddress(body))
    .filter((address) => index === undefined || address.index === index);
}

/** Routes of all tables through one device, of one family. */
export async function routesThrough(
  host: LinkHost,
  namespace: Handle,
  family: number,
  index: number,
): Promise<readonly RouteMessage[]> {
  const answer = await dump(host, namespace, "routes", () =>
    dumpRoutes(family, { sequence: nextSequence(), index }),
  );
  return ofType(answer, RTM_NEWROUTE)
    .map(({ body }) => decodeRoute(body))
    .filter(({ attributes }) => attributes.RTA_OIF === index);
}

/** The same of IPv4 and IPv6. */
export async function routesOfBoth(
  host: LinkHost,
  namespace: Handle,
  index: number,
): Promise<readonly RouteMessage[]> {
  const of = (family: number) => routesThrough(host, namespace, family, index);
  return (await Promise.all([of(AF_INET), of(AF_INET6)])).flat();
}

/** The rules of IPv4. */
export async function rulesIn(host: LinkHost, namespace: Handle): Promise<readonly RuleMessage[]> {
  const answer = await dump(host, namespace, "rules", () =>
    dumpRules(AF_INET, { sequence: nextSequence() }),
  );
  return ofType(answer, RTM_NEWRULE).map(({ body }) => decodeRule(body));
}

async function dump(
  host: LinkHost,
  namespace: Handle,
  what: string,
  message: () => Uint8Array,
): Promise<readonly NetlinkMessage[]> {
  let cause = `the list changed under each of ${DUMP_TRIES} attempts to read it`;
  for (let tries = 0; tries < DUMP_TRIES; tries++) {
    const answer = await ask(host, namespace, message());
    const errno = refusalOf(answer);
    // Of a device that is gone there are none.
    if (errno === Errno.ENODEV) return [];
    if (errno !== 0) {
      cause = `the kernel answered ${errnoName(errno)}`;
      break;
    }
    if (answer.every(({ flags }) => (flags & NLM_F_DUMP_INTR) === 0)) return answer;
  }
  const operation = `list the ${what}`;
  throw new HostError({ kind: "refused", operation, host: host.label, cause });
}

/** The route that a connection's packets take; none where the kernel refuses to tell one. */
export async function routesOf(
  host: LinkHost,
  namespace: Namespace,
  ends: TcpEnds,
): Promise<readonly RouteMessage[]> {
  const answer = await ask(host, namespace, getRouteOf(ends, { sequence: nextSequence() }));
  return ofType(answer, RTM_NEWROUTE).map(({ body }) => decodeRoute(body));
}

/** By which number `from` knows another namespace; undefined where it knows it by none. */
export async function namespaceIdIn(
  host: LinkHost,
  from: Namespace,
  { fd }: Namespace,
): Promise<number | undefined> {
  const message = getNamespaceId({ NETNSA_FD: fd }, { sequence: nextSequence() });
  const [answer] = ofType(await ask(host, from, message), RTM_NEWNSID);
  return answer && decodeNamespace(answer.body).attributes.NETNSA_NSID;
}
