/**
 * What the kernel does with link messages, as measured: a lower device, links on it, an errno for
 * every message. A program that does what the kernel takes and then counts wrongly throws here.
 */
import { deepStrictEqual, ok } from "node:assert";
import {
  IFF_UP,
  IN6_ADDR_GEN_MODE_EUI64,
  IN6_ADDR_GEN_MODE_NONE,
  MACVLAN_FLAG_NOPROMISC,
  MACVLAN_MACADDR_SET,
  MACVLAN_MODE_PASSTHRU,
  MACVLAN_MODE_SOURCE,
  MACVLAN_MODE_VEPA,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELLINK,
  RTM_DELLINKPROP,
  RTM_NEWLINK,
  RTM_NEWLINKPROP,
  RTM_SETLINK,
} from "../../provider/netlink/constants";
import { Errno } from "../../provider/netlink/errno";
import { decodeLink, type LinkMessage } from "../../provider/netlink/link-message";
import type { MacvlanAttributes } from "../../provider/netlink/macvlan-attributes";
import { decodeMessages } from "../../provider/netlink/message";

const IPV6_MIN_MTU = 1280;

export interface ModelLink {
  readonly ifindex: number;
  readonly kind: string;
  name: string;
  address: string;
  mtu: number;
  txQueueLength: number;
  readonly numTxQueues: number;
  readonly numRxQueues: number;
  up: boolean;
  group: number;
  alias: string;
  altNames: string[];
  /** Undefined while the link has no IPv6. */
  addrGenMode: number | undefined;
  /** How the host made itself an IPv6 address when the link went up, if it did. */
  addressMadeBy: number | undefined;
  mode: number;
  flags: number;
  sources: string[];
  broadcastQueueLength: number;
}

class Refusal extends Error {
  constructor(readonly errno: number) {
    super(`errno ${errno}`);
  }
}

export class KernelModel {
  readonly lower = {
    ifindex: 2,
    name: "eth0",
    address: "02:00:00:00:00:02",
    mtu: 1500,
    promiscuity: 0,
    /** IFLA_MACVLAN_BC_CUTOFF: of the lower device, whichever link sets it. */
    broadcastLimit: 1,
  };
  links: ModelLink[] = [];
  #lastIfindex = 2;

  /** Takes a message and answers its errno, 0 for success. */
  send(bytes: Uint8Array): number {
    const [message, ...more] = decodeMessages(bytes);
    ok(message !== undefined && more.length === 0, "one message at a time");
    const link = decodeLink(message.body);
    try {
      switch (message.type) {
        case RTM_NEWLINK:
          if (link.index !== 0 && this.#byIndex(link.index)) this.#change(link);
          else this.#create(link, message.flags);
          return 0;
        case RTM_SETLINK:
          this.#change({ ...link, index: this.#named(link).ifindex });
          return 0;
        case RTM_DELLINK:
          if (link.index === 0) return this.#deleteGroup(link.attributes.IFLA_GROUP);
          this.#delete([this.#existing(link)]);
          return 0;
        case RTM_NEWLINKPROP:
          for (const name of link.attributes.IFLA_PROP_LIST ?? []) this.#addAltName(link, name);
          return 0;
        case RTM_DELLINKPROP:
          for (const name of link.attributes.IFLA_PROP_LIST ?? []) this.#deleteAltName(link, name);
          return 0;
        default:
          throw new Error(`no such message: ${message.type}`);
      }
    } catch (error) {
      if (error instanceof Refusal) return error.errno;
      throw error;
    }
  }

  link(name: string): ModelLink | undefined {
    return this.links.find((each) => each.name === name || each.altNames.includes(name));
  }

  /** All that there is, for comparison. */
  snapshot(): unknown {
    // An address that IPv6 made is beyond any plan: a link that goes up gets one, and keeps it.
    const links = this.links.map((link) => ({ ...link, addressMadeBy: undefined }));
    return structuredClone({ lower: this.lower, links });
  }

  #create({ index, flags, attributes }: LinkMessage, messageFlags: number): void {
    ok((messageFlags & NLM_F_CREATE) !== 0, "a change of a link that is not there");
    ok((messageFlags & NLM_F_EXCL) !== 0, "without EXCL another link of that name is changed");
    const { IFLA_IFNAME: name = "", IFLA_LINKINFO: info, IFLA_GROUP: group = 0 } = attributes;
    if (this.link(name) !== undefined || name === this.lower.name) throw new Refusal(Errno.EEXIST);
    if (attributes.IFLA_LINK !== this.lower.ifindex) throw new Refusal(Errno.EINVAL);
    if (attributes.IFLA_AF_SPEC !== undefined) throw new Refusal(Errno.EAFNOSUPPORT);
    const macvlan = macvlanOf(info?.IFLA_INFO_DATA);
    const mode = macvlan.IFLA_MACVLAN_MODE ?? MACVLAN_MODE_VEPA;
    const passthru = mode === MACVLAN_MODE_PASSTHRU;
    const occupied = this.links.some((each) => each.mode === MACVLAN_MODE_PASSTHRU);
    if (occupied || (passthru && this.links.length > 0)) throw new Refusal(Errno.EINVAL);
    const mtu = attributes.IFLA_MTU ?? this.lower.mtu;
    if (mtu > this.lower.mtu) throw new Refusal(Errno.EINVAL);
    const given = attributes.IFLA_ADDRESS ?? "02:aa:aa:aa:aa:aa";
    // The alias and the alternative names of a creating message are ignored.
    const link: ModelLink = {
      ifindex: index === 0 ? ++this.#lastIfindex : index,
      kind: info?.IFLA_INFO_KIND ?? "",
      name,
      address: passthru ? this.lower.address : given,
      mtu,
      txQueueLength: attributes.IFLA_TXQLEN ?? (info?.IFLA_INFO_KIND === "macvtap" ? 500 : 1000),
      numTxQueues: attributes.IFLA_NUM_TX_QUEUES ?? 1,
      numRxQueues: attributes.IFLA_NUM_RX_QUEUES ?? 1,
      up: false,
      group,
      alias: "",
      altNames: [],
      addrGenMode: mtu < IPV6_MIN_MTU ? undefined : IN6_ADDR_GEN_MODE_EUI64,
      addressMadeBy: undefined,
      mode,
      flags: macvlan.IFLA_MACVLAN_FLAGS ?? 0,
      sources: [],
      broadcastQueueLength: macvlan.IFLA_MACVLAN_BC_QUEUE_LEN ?? 1000,
    };
    this.#setSources(link, macvlan);
    // Creation is atomic: nothing is left of one that cannot go up.
    if ((flags & IFF_UP) !== 0) this.#open(link);
    this.lower.broadcastLimit = macvlan.IFLA_MACVLAN_BC_CUTOFF ?? this.lower.broadcastLimit;
    this.links.push(link);
  }

  /** Attribute by attribute in the kernel's order; what came before a refusal stays changed. */
  #change(message: LinkMessage): void {
    const link = this.#existing(message);
    const { flags, change, attributes } = message;
    const info = attributes.IFLA_LINKINFO;
    if (info !== undefined) {
      if (info.IFLA_INFO_KIND !== link.kind) throw new Refusal(Errno.EOPNOTSUPP);
      this.#changeMacvlan(link, macvlanOf(info.IFLA_INFO_DATA));
    }
    deepStrictEqual(attributes.IFLA_ADDRESS, undefined, "a MAC address is never changed live");
    deepStrictEqual(attributes.IFLA_LINK, undefined, "IFLA_LINK of a change is silently ignored");
    if (attributes.IFLA_MTU !== undefined) {
      if (attributes.IFLA_MTU > this.lower.mtu) throw new Refusal(Errno.EINVAL);
      link.mtu = attributes.IFLA_MTU;
      // IPv6 leaves with the room for it, and comes back as new.
      link.addrGenMode =
        link.mtu < IPV6_MIN_MTU ? undefined : (link.addrGenMode ?? IN6_ADDR_GEN_MODE_EUI64);
    }
    link.name = attributes.IFLA_IFNAME ?? link.name;
    link.alias = attributes.IFLA_IFALIAS ?? link.alias;
    link.group = attributes.IFLA_GROUP ?? link.group;
    if ((change & IFF_UP) !== 0 && (flags & IFF_UP) !== 0 && !link.up) this.#open(link);
    if ((change & IFF_UP) !== 0 && (flags & IFF_UP) === 0 && link.up) this.#close(link);
    link.txQueueLength = attributes.IFLA_TXQLEN ?? link.txQueueLength;
    const addrGenMode = attributes.IFLA_AF_SPEC?.AF_INET6?.IFLA_INET6_ADDR_GEN_MODE;
    if (addrGenMode === undefined) return;
    if (link.addrGenMode === undefined) throw new Refusal(Errno.EAFNOSUPPORT);
    link.addrGenMode = addrGenMode;
  }

  #changeMacvlan(link: ModelLink, macvlan: MacvlanAttributes): void {
    const mode = macvlan.IFLA_MACVLAN_MODE ?? link.mode;
    if ((mode === MACVLAN_MODE_PASSTHRU) !== (link.mode === MACVLAN_MODE_PASSTHRU))
      throw new Refusal(Errno.EINVAL);
    if (link.mode === MACVLAN_MODE_SOURCE && mode !== link.mode) link.sources = [];
    const flags = macvlan.IFLA_MACVLAN_FLAGS ?? link.flags;
    if (((flags ^ link.flags) & MACVLAN_FLAG_NOPROMISC) !== 0 && mode === MACVLAN_MODE_PASSTHRU) {
      ok(link.up, "nopromisc changed on a passthru link that is down: promiscuity is off by one");
      this.lower.promiscuity += (flags & MACVLAN_FLAG_NOPROMISC) !== 0 ? -1 : 1;
    }
    link.flags = flags;
    link.broadcastQueueLength = macvlan.IFLA_MACVLAN_BC_QUEUE_LEN ?? link.broadcastQueueLength;
    this.lower.broadcastLimit = macvlan.IFLA_MACVLAN_BC_CUTOFF ?? this.lower.broadcastLimit;
    link.mode = mode;
    this.#setSources(link, macvlan);
  }

  #setSources(link: ModelLink, macvlan: MacvlanAttributes): void {
    // A list without its mode attribute is ignored.
    if (macvlan.IFLA_MACVLAN_MACADDR_MODE === undefined) return;
    if (link.mode !== MACVLAN_MODE_SOURCE) throw new Refusal(Errno.EINVAL);
    deepStrictEqual(macvlan.IFLA_MACVLAN_MACADDR_MODE, MACVLAN_MACADDR_SET, "the only one used");
    link.sources = [...(macvlan.IFLA_MACVLAN_MACADDR_DATA ?? [])];
  }

  #open(link: ModelLink): void {
    const passthru = link.mode === MACVLAN_MODE_PASSTHRU;
    const others = this.links.filter((each) => each !== link && each.up);
    const taken = [this.lower, ...others].some(({ address }) => address === link.address);
    if (!passthru && taken) throw new Refusal(Errno.EADDRINUSE);
    if (passthru && (link.flags & MACVLAN_FLAG_NOPROMISC) === 0) this.lower.promiscuity += 1;
    if (link.addrGenMode !== IN6_ADDR_GEN_MODE_NONE) link.addressMadeBy ??= link.addrGenMode;
    link.up = true;
  }

  #close(link: ModelLink): void {
    const promiscuous = (link.flags & MACVLAN_FLAG_NOPROMISC) === 0;
    if (link.mode === MACVLAN_MODE_PASSTHRU && promiscuous) this.lower.promiscuity -= 1;
    link.up = false;
  }

  #deleteGroup(group: number | undefined): number {
    ok(group !== undefined && group !== 0, "a deletion by group names it");
    const doomed = this.links.filter((link) => link.group === group);
    if (doomed.length === 0) return Errno.ENODEV;
    this.#delete(doomed);
    return 0;
  }

  #delete(doomed: readonly ModelLink[]): void {
    for (const link of doomed) if (link.up) this.#close(link);
    this.links = this.links.filter((link) => !doomed.includes(link));
    // The port, and the limit with it, goes with its last link.
    if (this.links.length === 0) this.lower.broadcastLimit = 1;
  }

  #addAltName(message: LinkMessage, name: string): void {
    const link = this.#existing(message);
    if (this.link(name) !== undefined || name === this.lower.name) throw new Refusal(Errno.EEXIST);
    link.altNames = [...link.altNames, name].sort();
  }

  #deleteAltName(message: LinkMessage, name: string): void {
    const link = message.index === 0 ? this.#named(message) : this.#existing(message);
    if (!link.altNames.includes(name)) throw new Refusal(Errno.ENOENT);
    link.altNames = link.altNames.filter((each) => each !== name);
  }

  #existing({ index }: LinkMessage): ModelLink {
    const link = this.#byIndex(index);
    if (link === undefined) throw new Refusal(Errno.ENODEV);
    return link;
  }

  #named({ index, attributes }: LinkMessage): ModelLink {
    deepStrictEqual(index, 0, "the index has the last word, whatever name stands beside it");
    const link = this.link(attributes.IFLA_ALT_IFNAME ?? "");
    if (link === undefined) throw new Refusal(Errno.ENODEV);
    return link;
  }

  #byIndex(index: number): ModelLink | undefined {
    return this.links.find((each) => each.ifindex === index);
  }
}

const macvlanOf = (data: MacvlanAttributes | Uint8Array | undefined): MacvlanAttributes =>
  data === undefined || data instanceof Uint8Array ? {} : data;
