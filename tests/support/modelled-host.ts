/** A host with one macvlan lower device, in memory: steps go to the model as the bytes they really are. */
import { ok } from "node:assert";
import { speak } from "../../provider/host/step-messages";
import { fromKernel } from "../../provider/link/kernel-form";
import type { Kind, ObservedLink, Tap } from "../../provider/link/model";
import type { PlannedStep, Step } from "../../provider/link/plan";
import { IFF_UP } from "../../provider/netlink/constants";
import { decodeLink, encodeLink } from "../../provider/netlink/link-message";
import { KernelModel, type ModelLink } from "./kernel-model";

const HERE = { handle: 1, fd: 3, inode: 10, device: 4 };

export class ModelledHost {
  readonly kernel = new KernelModel();
  readonly tap: Required<Tap> = { owner: "root", group: "root", mode: "0600" };

  /** Index of the last link made here. */
  #made: number | undefined;

  constructor(
    readonly kind: Kind,
    readonly mark: string,
  ) {}

  /** Does a step; answers its errno. A link is addressed by its index, from its creation on. */
  do(step: Step, name: string): number {
    if (step.do === "set tap") {
      Object.assign(this.tap, step.tap);
      return 0;
    }
    const called = step.do === "create" ? step.settings.name : name;
    const ifindex =
      step.do === "create" ? undefined : (this.#made ?? this.kernel.link(name)?.ifindex);
    const target = {
      kind: this.kind,
      mark: this.mark,
      place: { below: HERE, beside: HERE },
      lowerIfindex: this.kernel.lower.ifindex,
      ifindex,
    };
    const errno = this.kernel.send(speak(step, target).message);
    if (step.do === "create" && errno === 0) this.#made = this.kernel.link(called ?? "")?.ifindex;
    return errno;
  }

  /** Runs a plan as the agent does: the first refusal ends it, and what was done is taken back. */
  run(plan: readonly PlannedStep[], name: string): number {
    for (const [index, { step }] of plan.entries()) {
      const errno = this.do(step, name);
      if (errno === 0) continue;
      this.undo(plan.slice(0, index), name);
      return errno;
    }
    return 0;
  }

  /** Takes a plan back, newest first; an inverse that fails stops nothing. */
  undo(plan: readonly PlannedStep[], name: string): void {
    for (const { inverse } of [...plan].reverse())
      if (inverse !== undefined) this.do(inverse, name);
  }

  /** The link, by default the last one made here, as a dump would show it: through the same bytes. */
  observe(name?: string): ObservedLink | undefined {
    const link =
      name === undefined
        ? this.kernel.links.find(({ ifindex }) => ifindex === this.#made)
        : this.kernel.link(name);
    if (link === undefined) return undefined;
    const observed = fromKernel(decodeLink(encodeLink(this.shown(link))));
    return this.kind === "macvtap"
      ? { ...observed, settings: { ...observed.settings, tap: { ...this.tap } } }
      : observed;
  }

  existing(name?: string): ObservedLink {
    const link = this.observe(name);
    ok(link !== undefined, `there is no link ${name ?? ""}`);
    return link;
  }

  snapshot(): unknown {
    return { kernel: this.kernel.snapshot(), tap: { ...this.tap } };
  }

  /** The link in the kernel's own words. */
  shown(link: ModelLink): Parameters<typeof encodeLink>[0] {
    const { lower, links } = this.kernel;
    const { addrGenMode } = link;
    return {
      family: 0,
      type: 1,
      index: link.ifindex,
      flags: link.up ? IFF_UP : 0,
      change: 0,
      attributes: {
        IFLA_IFNAME: link.name,
        IFLA_ADDRESS: link.address,
        IFLA_MTU: link.mtu,
        IFLA_LINK: lower.ifindex,
        IFLA_TXQLEN: link.txQueueLength,
        IFLA_NUM_TX_QUEUES: link.numTxQueues,
        IFLA_NUM_RX_QUEUES: link.numRxQueues,
        IFLA_GROUP: link.group,
        IFLA_OPERSTATE: link.up ? 6 : 2,
        ...(link.alias !== "" && { IFLA_IFALIAS: link.alias }),
        ...(link.altNames.length > 0 && { IFLA_PROP_LIST: link.altNames }),
        ...(addrGenMode !== undefined && {
          IFLA_AF_SPEC: { AF_INET6: { IFLA_INET6_ADDR_GEN_MODE: addrGenMode } },
        }),
        IFLA_LINKINFO: {
          IFLA_INFO_KIND: link.kind,
          IFLA_INFO_DATA: {
            IFLA_MACVLAN_MODE: link.mode,
            IFLA_MACVLAN_FLAGS: link.flags,
            ...(link.sources.length > 0 && { IFLA_MACVLAN_MACADDR_DATA: link.sources }),
            IFLA_MACVLAN_BC_QUEUE_LEN: link.broadcastQueueLength,
            IFLA_MACVLAN_BC_QUEUE_LEN_USED: Math.max(
              ...links.map((each) => each.broadcastQueueLength),
            ),
            // Not shown at its default.
            ...(lower.broadcastLimit !== 1 && { IFLA_MACVLAN_BC_CUTOFF: lower.broadcastLimit }),
          },
        },
      },
    };
  }
}
