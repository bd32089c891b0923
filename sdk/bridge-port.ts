import * as pulumi from "@pulumi/pulumi";
import type { Netns } from "../provider/link/model";
import type { ConnectionArgs } from "./connection-args";
import { inputsFor } from "./link";
import type { NetnsArgs } from "./link-args";
import { withShortTraces } from "./short-traces";
import { declareHairpin } from "./warnings";

/** What Pulumi keeps in place of the provider's code; a contract for ever (see `provider/dynamic-bridge-port.ts`). */
const PROVIDER = 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic-bridge-port")';
const TYPE = "pulumi-nodejs:dynamic/macvlan:BridgePort";

/** Each setting that is left out is left alone; `docs/reference/properties.md` has where the kernel keeps each. */
export interface BridgePortArgs {
  /** How the host is reached; a text is an alias of ssh_config. Omitted: this machine. */
  connection?: pulumi.Input<ConnectionArgs> | string;
  /** Name of the device that is a port of a bridge. A change replaces the resource. */
  device: pulumi.Input<string>;
  /** Its network namespace. Default: the host's own. A change replaces the resource. */
  netns?: pulumi.Input<NetnsArgs>;
  /** Frames may go out again by the port that they came in by (reflective relay): what VEPA needs of its switch. */
  hairpin?: pulumi.Input<boolean>;
  /** Learn from the frames of this port which addresses are behind it. */
  learning?: pulumi.Input<boolean>;
  /** Send frames to unknown unicast addresses out of this port. */
  flood?: pulumi.Input<boolean>;
  /** Send multicast frames without known members out of this port. Linux 4.9. */
  multicastFlood?: pulumi.Input<boolean>;
  /** Send broadcast frames out of this port. Linux 4.12. */
  broadcastFlood?: pulumi.Input<boolean>;
  /** Drop bridge protocol frames (BPDU guard): the port goes down when one comes in. */
  guard?: pulumi.Input<boolean>;
  /** Never let the way to the root bridge lead through this port. */
  rootBlock?: pulumi.Input<boolean>;
  /** Forget a multicast group as soon as one member leaves it. */
  fastLeave?: pulumi.Input<boolean>;
  /** Exchange frames with ports that are not isolated only. Linux 4.18. */
  isolated?: pulumi.Input<boolean>;
  /** Take frames only from addresses that are known behind this port. Linux 5.18. */
  locked?: pulumi.Input<boolean>;
  /** On a locked port: note unknown addresses as locked entries, for somebody to unlock. Linux 6.2. */
  mab?: pulumi.Input<boolean>;
  /** Answer ARP and neighbour solicitations from the bridge's own knowledge. Linux 4.15. */
  neighSuppress?: pulumi.Input<boolean>;
  /** The same, chosen VLAN by VLAN. Linux 6.4. */
  neighVlanSuppress?: pulumi.Input<boolean>;
  /** Answer ARP in the name of hosts that are known behind other ports. */
  proxyArp?: pulumi.Input<boolean>;
  /** Proxy ARP as IEEE 802.11 and Hotspot 2.0 have it. */
  proxyArpWifi?: pulumi.Input<boolean>;
  /** Map VLANs to tunnels. Linux 4.11. */
  vlanTunnel?: pulumi.Input<boolean>;
  /** Send each member of a multicast group a copy to its own address. Linux 4.11. */
  multicastToUnicast?: pulumi.Input<boolean>;
  /** 0: no multicast router is there; 1: found by its queries; 2: one is there; 3: one was found for a while. */
  multicastRouter?: pulumi.Input<number>;
  /** The most multicast groups that the port may join; 0 is no limit. Linux 6.3. */
  multicastMaxGroups?: pulumi.Input<number>;
  /** Which frames to reserved group addresses 01:80:c2:00:00:0X are forwarded: a bit for each X. Linux 4.15. */
  groupForwardMask?: pulumi.Input<number>;
  /** Of the port, for the spanning tree. */
  priority?: pulumi.Input<number>;
  /** Of the way through the port, for the spanning tree. */
  cost?: pulumi.Input<number>;
  /** Name of another port of the bridge, by which frames go while this one has no carrier. Linux 4.19. */
  backupPort?: pulumi.Input<string>;
}

const OUTPUTS = ["device", "netns", "bridge", "ifindex"] as const;

/**
 * Settings of a device that is a port of a Linux bridge. Only those that are declared are touched, and
 * deleting the resource puts back what was there before; the port itself stays.
 *
 * @example
 * new BridgePort("uplink", { device: "eth1", hairpin: true });
 */
export class BridgePort extends pulumi.CustomResource {
  static readonly type = TYPE;

  declare readonly device: pulumi.Output<string>;
  declare readonly netns: pulumi.Output<Netns | undefined>;
  /** Name of the bridge that it is a port of. */
  declare readonly bridge: pulumi.Output<string>;
  declare readonly ifindex: pulumi.Output<number>;
  declare readonly hairpin: pulumi.Output<boolean | undefined>;
  declare readonly learning: pulumi.Output<boolean | undefined>;
  declare readonly flood: pulumi.Output<boolean | undefined>;
  declare readonly multicastFlood: pulumi.Output<boolean | undefined>;
  declare readonly broadcastFlood: pulumi.Output<boolean | undefined>;
  declare readonly guard: pulumi.Output<boolean | undefined>;
  declare readonly rootBlock: pulumi.Output<boolean | undefined>;
  declare readonly fastLeave: pulumi.Output<boolean | undefined>;
  declare readonly isolated: pulumi.Output<boolean | undefined>;
  declare readonly locked: pulumi.Output<boolean | undefined>;
  declare readonly mab: pulumi.Output<boolean | undefined>;
  declare readonly neighSuppress: pulumi.Output<boolean | undefined>;
  declare readonly neighVlanSuppress: pulumi.Output<boolean | undefined>;
  declare readonly proxyArp: pulumi.Output<boolean | undefined>;
  declare readonly proxyArpWifi: pulumi.Output<boolean | undefined>;
  declare readonly vlanTunnel: pulumi.Output<boolean | undefined>;
  declare readonly multicastToUnicast: pulumi.Output<boolean | undefined>;
  declare readonly multicastRouter: pulumi.Output<number | undefined>;
  declare readonly multicastMaxGroups: pulumi.Output<number | undefined>;
  declare readonly groupForwardMask: pulumi.Output<number | undefined>;
  declare readonly priority: pulumi.Output<number | undefined>;
  declare readonly cost: pulumi.Output<number | undefined>;
  declare readonly backupPort: pulumi.Output<string | undefined>;

  constructor(name: string, args: BridgePortArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = {
      ...Object.fromEntries(OUTPUTS.map((output) => [output, undefined])),
      ...inputsFor({ type: TYPE, provider: PROVIDER }, name, args, opts),
    };
    const restore = withShortTraces();
    try {
      super(TYPE, name, inputs, { deleteBeforeReplace: true, ...opts });
    } finally {
      restore();
    }
    if (args.hairpin !== undefined && args.hairpin !== false) declareHairpin();
  }
}
