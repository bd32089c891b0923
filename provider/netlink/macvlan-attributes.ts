import type { AttributeTable, Values } from "./attribute";
import { hardwareAddress, i32, u16, u32 } from "./codecs";
import {
  IFLA_MACVLAN_BC_CUTOFF,
  IFLA_MACVLAN_BC_QUEUE_LEN,
  IFLA_MACVLAN_BC_QUEUE_LEN_USED,
  IFLA_MACVLAN_FLAGS,
  IFLA_MACVLAN_MACADDR,
  IFLA_MACVLAN_MACADDR_COUNT,
  IFLA_MACVLAN_MACADDR_DATA,
  IFLA_MACVLAN_MACADDR_MODE,
  IFLA_MACVLAN_MODE,
} from "./constants";
import { listOf } from "./nest-codecs";

/** IFLA_INFO_DATA of the kinds `macvlan` and `macvtap`. */
export const macvlanAttributes = {
  /** One of MACVLAN_MODE_*. */
  IFLA_MACVLAN_MODE: [IFLA_MACVLAN_MODE, u32],
  /** MACVLAN_FLAG_* together. */
  IFLA_MACVLAN_FLAGS: [IFLA_MACVLAN_FLAGS, u16],
  /** Requests only: what to do with the source addresses, one of MACVLAN_MACADDR_*. */
  IFLA_MACVLAN_MACADDR_MODE: [IFLA_MACVLAN_MACADDR_MODE, u32],
  /** Requests only: the one address to ADD or DEL. */
  IFLA_MACVLAN_MACADDR: [IFLA_MACVLAN_MACADDR, hardwareAddress],
  /** The source addresses; past about 5,460 the kernel's own length field wraps. */
  IFLA_MACVLAN_MACADDR_DATA: [
    IFLA_MACVLAN_MACADDR_DATA,
    listOf("IFLA_MACVLAN_MACADDR", IFLA_MACVLAN_MACADDR, hardwareAddress),
  ],
  /** Replies only: how many source addresses there are, right even where the list is not. */
  IFLA_MACVLAN_MACADDR_COUNT: [IFLA_MACVLAN_MACADDR_COUNT, u32],
  /** Broadcasts to queue, as asked for by this link; Linux 5.11. */
  IFLA_MACVLAN_BC_QUEUE_LEN: [IFLA_MACVLAN_BC_QUEUE_LEN, u32],
  /** Replies only: the largest such wish on the lower device, which is what holds. */
  IFLA_MACVLAN_BC_QUEUE_LEN_USED: [IFLA_MACVLAN_BC_QUEUE_LEN_USED, u32],
  /** `bclim`, one for all links of a lower device; absent at its default 1; Linux 6.4. */
  IFLA_MACVLAN_BC_CUTOFF: [IFLA_MACVLAN_BC_CUTOFF, i32],
} as const satisfies AttributeTable;

export type MacvlanAttributes = Values<typeof macvlanAttributes>;
