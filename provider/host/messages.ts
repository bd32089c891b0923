import { type Ack, decodeAck, isAck } from "../netlink/ack";
import { IFF_LOOPBACK, NLM_F_DUMP_INTR, RTM_NEWLINK } from "../netlink/constants";
import { isMalformedMessage, type MalformedMessage } from "../netlink/faults";
import { glanceAtLink, type LinkMessage } from "../netlink/link-message";
import { decodeMessages, type NetlinkMessage } from "../netlink/message";
import type { Device } from "../link/causes";
import { fromKernel } from "../link/kernel-form";
import { trace } from "./trace";

/** The kernel's answer to one request or to the steps of one change. */
export interface Answer {
  readonly devices: readonly Device[];
  /** A device that the kernel itself cannot show: past some 5,460 source addresses a length of its answer wraps. */
  readonly unreadable: MalformedMessage | undefined;
  /** Of the first refused message; 0 when none was. */
  readonly errno: number;
  readonly kernelText: string | undefined;
  /** The table changed under a dump: what came is no consistent picture. */
  readonly interrupted: boolean;
}

export function decodeAnswer(datagrams: readonly Uint8Array[]): Answer {
  trace("from the kernel", datagrams);
  const devices: Device[] = [];
  let unreadable: MalformedMessage | undefined;
  let refused: Ack | undefined;
  let interrupted = false;
  for (const datagram of datagrams) {
    for (const message of decodeMessages(datagram)) {
      interrupted ||= (message.flags & NLM_F_DUMP_INTR) !== 0;
      if (message.type === RTM_NEWLINK) {
        const link = deviceOf(message);
        if (isMalformedMessage(link)) unreadable ??= link;
        else devices.push(link);
      } else if (isAck(message) && refused === undefined) {
        const ack = decodeAck(message);
        if (ack.errno !== 0) refused = ack;
      }
    }
  }
  return {
    devices,
    unreadable,
    errno: refused?.errno ?? 0,
    kernelText: refused?.text,
    interrupted,
  };
}

/** One link that cannot be read must not hide the others. */
function deviceOf({ body }: NetlinkMessage): Device | MalformedMessage {
  let message: LinkMessage;
  try {
    message = glanceAtLink(body);
  } catch (error) {
    if (isMalformedMessage(error)) return error;
    throw error;
  }
  const { IFLA_MASTER: master, IFLA_LINKINFO: info, IFLA_LINK_NETNSID } = message.attributes;
  const { ifindex, kind, settings, mark, lowerIfindex, operState, conf, usedBroadcastQueueLength } =
    fromKernel(message);
  return {
    // Field by field: spread, they took as long as all the rest of it.
    ifindex,
    kind,
    settings,
    mark,
    lowerIfindex,
    operState,
    conf,
    usedBroadcastQueueLength,
    hardwareType: message.type,
    loopback: (message.flags & IFF_LOOPBACK) !== 0,
    master,
    slaveKind: info?.IFLA_INFO_SLAVE_KIND,
    port: info?.IFLA_INFO_SLAVE_DATA instanceof Uint8Array ? undefined : info?.IFLA_INFO_SLAVE_DATA,
    lowerNetnsId: IFLA_LINK_NETNSID,
  };
}
