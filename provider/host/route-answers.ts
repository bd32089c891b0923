/** Addresses and routes of a host, as the kernel answers them. */
import { HostError } from "../errors";
import { decodeAck, isAck } from "../netlink/ack";
import { type AddressMessage, decodeAddress } from "../netlink/address-message";
import { NLM_F_DUMP_INTR, RTM_NEWADDR, RTM_NEWNSID, RTM_NEWROUTE } from "../netlink/constants";
import { errnoName } from "../netlink/errno";
import { decodeMessages, type NetlinkMessage } from "../netlink/message";
import { decodeNamespace } from "../netlink/namespace-message";
import { dumpAddresses, getNamespaceId, getRouteOf, type TcpEnds } from "../netlink/requests";
import { decodeRoute, type RouteMessage } from "../netlink/route-message";
import type { LinkHost } from "./link-host";
import type { Namespace } from "./namespaces";
import { nextSequence } from "./step-messages";
import { trace } from "./trace";

// As for links: so many in a row only fail where addresses come and go without end.
const DUMP_TRIES = 50;

async function ask(
  host: LinkHost,
  { handle }: Namespace,
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

/** Of all devices, both families. */
export async function addressesIn(
  host: LinkHost,
  namespace: Namespace,
): Promise<readonly AddressMessage[]> {
  let cause = `the list changed under each of ${DUMP_TRIES} attempts to read it`;
  for (let tries = 0; tries < DUMP_TRIES; tries++) {
    const answer = await ask(host, namespace, dumpAddresses({ sequence: nextSequence() }));
    const errno = refusalOf(answer);
    if (errno !== 0) {
      cause = `the kernel answered ${errnoName(errno)}`;
      break;
    }
    if (answer.every(({ flags }) => (flags & NLM_F_DUMP_INTR) === 0))
      return ofType(answer, RTM_NEWADDR).map(({ body }) => decodeAddress(body));
  }
  const operation = "list the addresses";
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
