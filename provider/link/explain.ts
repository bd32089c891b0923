import type { Failure } from "../errors";
import { Errno, errnoName } from "../netlink/errno";
import { causeOf, type Scene } from "./causes";

export interface Refusal {
  readonly operation: string;
  readonly host: string;
  readonly errno: number;
  readonly kernelText?: string | undefined;
  /** Which property's own message was refused, where it was one property's. */
  readonly property?: string | undefined;
  /** Which of its entries. */
  readonly entry?: string | undefined;
}

interface Meaning {
  readonly cause: string;
  readonly cure: string;
}

export const BE_ROOT = "Run Pulumi as root, or set connection: { sudo: true }";

/** What an errno means for a link when nothing on the host shows a particular cause. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  [Errno.EPERM]: {
    cause: "the agent may not change links there (it lacks CAP_NET_ADMIN)",
    cure: BE_ROOT,
  },
  [Errno.EOPNOTSUPP]: {
    cause: "this kernel cannot do that; most often it has no macvlan or macvtap driver",
    cure: 'Load the driver ("modprobe macvtap" loads both), or install the kernel package that has it',
  },
  [Errno.EINVAL]: {
    cause:
      "the kernel finds the request invalid and does not say why, and nothing in the namespace of the lower device shows a reason",
    cure: 'A passthru link, or a link beside one, may stand on the same lower device in a namespace that cannot be seen from here: look with "ip -d link" in the namespaces of the host',
  },
  [Errno.EBUSY]: {
    cause: "something else has the lower device to itself",
    cure: 'Look who does with "ip -d link": a bridge, bond, team, Open vSwitch or ipvlan',
  },
  [Errno.EADDRINUSE]: {
    cause:
      "the MAC address is in use on the lower device, by a link in a namespace that cannot be seen from here",
    cure: "Give the link another macAddress, or leave it out and get one of its own",
  },
  [Errno.EADDRNOTAVAIL]: {
    cause: "the kernel does not take this MAC address",
    cure: "Use a unicast MAC address that is not zero",
  },
  [Errno.EEXIST]: { cause: "the name is taken", cure: "Choose another name" },
  [Errno.ENODEV]: {
    cause: "the device is gone",
    cure: "Run pulumi refresh, so that the state says what is there, and then pulumi up",
  },
  [Errno.ERANGE]: {
    cause: "a value is out of the range that this kernel takes",
    cure: "Declare a smaller one",
  },
  [Errno.ENOMEM]: {
    cause: "the host has no memory for a queue of that size",
    cure: "Declare a smaller one",
  },
  [Errno.EOVERFLOW]: {
    cause: "the lower device's count of promiscuous users would overflow",
    cure: 'Set the passthru link up before noPromisc changes, or put the count right with "ip link set <lower device> promisc on" and "off"',
  },
};

const UNREACHED: Meaning = {
  cause: "no address of the link is in the gateway's network, and no other route leads there",
  cure: "Declare an address in the gateway's network, or say onLink: true of the route",
};

/** What it means where one property's own message was refused. */
const MEANINGS_FOR: Readonly<Record<string, Readonly<Record<number, Meaning>>>> = {
  addrGenMode: {
    [Errno.EINVAL]: {
      cause: 'the host has no secret to make "stable-privacy" addresses from',
      cure: "Set the sysctl net.ipv6.conf.default.stable_secret there first, or choose another addrGenMode",
    },
    [Errno.EAFNOSUPPORT]: {
      cause: "the link has no IPv6: its MTU is below 1280, or the host has IPv6 switched off",
      cure: "Leave addrGenMode out, or give the link IPv6",
    },
  },
  addresses: {
    [Errno.EACCES]: {
      cause: "IPv6 is switched off on the link (sysctl disable_ipv6)",
      cure: 'Set sysctls: { "ipv6.disable_ipv6": 0 }, or leave IPv6 addresses out',
    },
    [Errno.EOPNOTSUPP]: {
      cause: "the host has IPv6 switched off",
      cure: "Leave IPv6 addresses out",
    },
  },
  routes: {
    [Errno.ENETUNREACH]: UNREACHED,
    [Errno.EHOSTUNREACH]: UNREACHED,
    [Errno.EEXIST]: {
      cause: "that table has a route to it with the same metric already, by another way",
      cure: 'Give the route a metric of its own; "ip route show table all" shows the other one',
    },
    [Errno.EINVAL]: {
      cause: "the kernel finds it invalid; most often its source is no address of this host",
      cure: "Declare the source among the addresses, or leave it out",
    },
    [Errno.ENETDOWN]: {
      cause: "the link is down, and has no routes then",
      cure: 'Leave adminState at "up"',
    },
  },
  sysctls: {
    [Errno.ENOENT]: {
      cause: "this kernel does not have it, or the link has no IPv6",
      cure: "Leave it out",
    },
    [Errno.EINVAL]: {
      cause: "the kernel does not take this value",
      cure: "See ip-sysctl in the kernel's documentation for the values it takes",
    },
  },
  bridge: {
    [Errno.EBUSY]: {
      cause: "the bridge or something else has the link, or its lower device, already",
      cure: 'Look with "ip -d link", and take it out there first',
    },
    [Errno.ELOOP]: {
      cause: "the bridge itself stands on the link, so frames would go round for ever",
      cure: "Choose another bridge",
    },
  },
};

/** From a bare errno to what is in the way and what to do: first by looking, else by what it usually means. */
export function explain(
  { operation, host, errno, kernelText, property, entry }: Refusal,
  scene: Scene | undefined,
): Failure {
  const own = MEANINGS_FOR[property ?? ""]?.[errno];
  const seen = scene === undefined || own !== undefined ? undefined : causeOf(errno, scene);
  const meaning = own ??
    seen ??
    MEANINGS[errno] ?? { cause: "the kernel refused it", cure: undefined };
  const about = seen?.property ?? property;
  return {
    kind: "refused",
    operation,
    host,
    cause: `${[about, about === property ? entry : undefined, meaning.cause]
      .filter((part) => part !== undefined)
      .join(": ")} (${errnoName(errno)})`,
    cure: meaning.cure,
    errno,
    kernelText,
  };
}
