import { randomInt } from "node:crypto";
import type { ChangeStep } from "../../provider/agent/protocol";
import type { OpenedNamespace } from "../../provider/host/session";
import { decodeAck, isAck } from "../../provider/netlink/ack";
import * as kernel from "../../provider/netlink/constants";
import { decodeLink } from "../../provider/netlink/link-message";
import { decodeMessages } from "../../provider/netlink/message";
import { deleteLink, deleteLinksOfGroup, newLink } from "../../provider/netlink/requests";

let sequences = 0;
export const nextSequence = (): number => ++sequences;

export const randomGroup = (): number => randomInt(1 << 20, 2 ** 31);

export interface MacvlanToMake {
  readonly name: string;
  readonly lower: number;
  readonly mode?: number;
  readonly index?: number;
  /** Descriptor of the namespace to make it in. */
  readonly into?: number;
}

/** Makes a macvlan; its inverse deletes it by a random group, so it cannot hit another's. */
export function makeMacvlan(
  { handle }: Pick<OpenedNamespace, "handle">,
  { name, lower, mode = kernel.MACVLAN_MODE_BRIDGE, index = 0, into }: MacvlanToMake,
): ChangeStep {
  const group = randomGroup();
  const message = newLink(
    {
      index,
      attributes: {
        IFLA_IFNAME: name,
        IFLA_LINK: lower,
        IFLA_GROUP: group,
        ...(into !== undefined && { IFLA_NET_NS_FD: into }),
        IFLA_LINKINFO: { IFLA_INFO_KIND: "macvlan", IFLA_INFO_DATA: { IFLA_MACVLAN_MODE: mode } },
      },
    },
    {
      sequence: nextSequence(),
      flags: kernel.NLM_F_ACK | kernel.NLM_F_CREATE | kernel.NLM_F_EXCL | kernel.NLM_F_ECHO,
    },
  );
  const inverse = deleteLinksOfGroup(group, { sequence: nextSequence() });
  return { handle, message, inverses: [{ handle, message: inverse }] };
}

/** Deletes a macvlan in bridge mode; its inverse makes it again, with its old index. */
export function removeMacvlan(
  { handle }: OpenedNamespace,
  index: number,
  name: string,
  lower: number,
): ChangeStep {
  const { message } = makeMacvlan({ handle }, { name, lower, index });
  const removal = deleteLink(index, { sequence: nextSequence() });
  return { handle, message: removal, inverses: [{ handle, message }] };
}

/** Sets an MTU; its inverse sets the common one. */
export function setMtu({ handle }: OpenedNamespace, index: number, mtu: number): ChangeStep {
  const speak = (value: number): Uint8Array =>
    newLink({ index, attributes: { IFLA_MTU: value } }, { sequence: nextSequence() });
  return { handle, message: speak(mtu), inverses: [{ handle, message: speak(1500) }] };
}

/** Names of the links that were answered. */
export function linkNames(datagrams: readonly Uint8Array[]): string[] {
  return datagrams
    .flatMap(decodeMessages)
    .filter(({ type }) => type === kernel.RTM_NEWLINK)
    .map(({ body }) => decodeLink(body).attributes.IFLA_IFNAME ?? "?");
}

/** The errno of every ack, in order. */
export function ackErrnos(datagrams: readonly Uint8Array[]): number[] {
  return datagrams
    .flatMap(decodeMessages)
    .filter(isAck)
    .map((message) => decodeAck(message).errno);
}
