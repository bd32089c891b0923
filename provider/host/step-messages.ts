import {
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_ECHO,
  NLM_F_EXCL,
  NLM_F_REPLACE,
} from "../netlink/constants";
import {
  addAlternativeNames,
  deleteAlternativeNames,
  deleteLinksOfGroup,
  newLink,
} from "../netlink/requests";
import { toKernel } from "../link/kernel-form";
import type { Kind } from "../link/model";
import { toMessage } from "../link/addresses";
import { toRuleMessage } from "../link/arp";
import { toRemovedRoute, toRouteMessage } from "../link/routes";
import { ipv4Numbers, sysctlPath } from "../link/sysctls";
import type { Step } from "../link/plan";
import { encodeInetConf } from "../netlink/device-settings";
import { deleteRule, newRule } from "../netlink/rule-message";
import { deleteAddress, deleteRoute, newAddress, newRoute } from "../netlink/route-requests";
import type { Inode, Place } from "./namespaces";

/** What a step's message must say beside the step itself. */
export interface Target {
  readonly kind: Kind;
  readonly mark: string;
  readonly place: Place;
  /** Of the lower device, in its namespace. */
  readonly lowerIfindex: number;
  /** Of the link. Undefined before there is one; given for a creation, it asks for that number. */
  readonly ifindex?: number | undefined;
  /** Ifindexes of the bridges that its steps name, in the link's namespace. */
  readonly bridges?: ReadonlyMap<string, number>;
}

export interface SpokenStep {
  readonly handle: number;
  readonly message: Uint8Array;
}

let lastSequence = 0;
/** Numbers requests; every socket sees only rising ones. */
export function nextSequence(): number {
  lastSequence = (lastSequence % 0x7fffffff) + 1;
  return lastSequence;
}

const REPLACING = NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;

type MessageStep = Exclude<Step, { do: "set tap" }>;

/** A tap device is a file: no message speaks of it. */
export function isSpoken(step: Step | undefined): step is MessageStep {
  return step !== undefined && step.do !== "set tap";
}

/** A step as the message that does it, and the namespace in which it is said. */
export function speak(step: MessageStep, target: Target): SpokenStep {
  const { kind, mark, place, ifindex = 0 } = target;
  const sequence = nextSequence();
  const there = (message: Uint8Array): SpokenStep => ({ handle: place.beside.handle, message });
  switch (step.do) {
    case "create":
      return { handle: place.below.handle, message: create(step, target, sequence) };
    case "set": {
      const { attributes, flags, change } = toKernel(
        kind,
        step.settings,
        step.unmarked ? undefined : mark,
      );
      return there(newLink({ index: ifindex, flags, change, attributes }, { sequence }));
    }
    case "add alternative names":
      return there(
        addAlternativeNames(ifindex, step.names, {
          sequence,
          flags: NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
        }),
      );
    case "remove alternative names":
      return there(deleteAlternativeNames(ifindex, step.names, { sequence }));
    case "set sysctls": {
      const conf = encodeInetConf(ipv4Numbers(step.values));
      const attributes = { IFLA_AF_SPEC: { AF_INET: { IFLA_INET_CONF: conf } } };
      return there(newLink({ index: ifindex, attributes }, { sequence }));
    }
    case "set lower sysctls": {
      const conf = encodeInetConf(ipv4Numbers(step.values));
      const attributes = { IFLA_AF_SPEC: { AF_INET: { IFLA_INET_CONF: conf } } };
      const message = newLink({ index: target.lowerIfindex, attributes }, { sequence });
      return { handle: place.below.handle, message };
    }
    case "add rule": {
      const flags = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
      return there(newRule(toRuleMessage(step.from, step.table), { sequence, flags }));
    }
    case "remove rule":
      return there(deleteRule(toRuleMessage(step.from, step.table), { sequence }));
    case "write sysctl": {
      const path = sysctlPath(step.name, step.link);
      // A step may be a write instead of a message: netlink has no word for these.
      return there(Buffer.from(JSON.stringify({ path, text: String(step.value) })));
    }
    case "set bridge": {
      const master = step.bridge === "" ? 0 : (target.bridges?.get(step.bridge) ?? 0);
      return there(newLink({ index: ifindex, attributes: { IFLA_MASTER: master } }, { sequence }));
    }
    case "add address":
      // One that DHCP brought stays for good from then on.
      return there(newAddress(toMessage(step.address, ifindex), { sequence, flags: REPLACING }));
    case "remove address":
      return there(deleteAddress(toMessage(step.address, ifindex), { sequence }));
    case "set route": {
      const flags = step.replaces === true ? REPLACING : NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
      return there(newRoute(toRouteMessage(step.route, ifindex), { sequence, flags }));
    }
    case "remove route":
      return there(deleteRoute(toRemovedRoute(step.route, ifindex), { sequence }));
    case "delete by group":
      return there(deleteLinksOfGroup(step.group, { sequence }));
  }
}

/** Always EXCL: without it the kernel would change a link that has the name already. */
function create(
  step: Extract<Step, { do: "create" }>,
  { kind, mark, place, lowerIfindex, ifindex = 0 }: Target,
  sequence: number,
): Uint8Array {
  const { attributes, flags, change } = toKernel(kind, step.settings, mark);
  const elsewhere = sameNamespace(place.below, place.beside)
    ? {}
    : { IFLA_NET_NS_FD: place.beside.fd };
  return newLink(
    {
      index: ifindex,
      flags,
      change,
      attributes: {
        IFLA_LINKINFO: { IFLA_INFO_KIND: kind },
        ...attributes,
        IFLA_LINK: lowerIfindex,
        IFLA_GROUP: step.group,
        ...elsewhere,
      },
    },
    { sequence, flags: NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO },
  );
}

export function sameNamespace(a: Inode, b: Inode): boolean {
  return a.inode === b.inode && a.device === b.device;
}
