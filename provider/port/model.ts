import type { Connection, Identity, Netns } from "../link/model";

/** Every setting of a bridge port, by the name a program uses. The table in `properties.ts` has a row for each. */
export interface PortSettings {
  readonly hairpin: boolean;
  readonly learning: boolean;
  readonly flood: boolean;
  readonly multicastFlood: boolean;
  readonly broadcastFlood: boolean;
  readonly guard: boolean;
  readonly rootBlock: boolean;
  readonly fastLeave: boolean;
  readonly isolated: boolean;
  readonly locked: boolean;
  readonly mab: boolean;
  readonly neighSuppress: boolean;
  readonly neighVlanSuppress: boolean;
  readonly proxyArp: boolean;
  readonly proxyArpWifi: boolean;
  readonly vlanTunnel: boolean;
  readonly multicastToUnicast: boolean;
  readonly multicastRouter: number;
  readonly multicastMaxGroups: number;
  readonly groupForwardMask: number;
  readonly priority: number;
  readonly cost: number;
  /** Name of the device; "" is none, which a program says by leaving it out. */
  readonly backupPort: string;
}

export type SettingName = keyof PortSettings;
export type Settings = Partial<PortSettings>;

interface Whereabouts {
  /** Name of the device that is a port. */
  readonly device: string;
  /** Its network namespace; the host's own where it is absent. */
  readonly netns?: Netns;
  readonly connection?: Connection;
  /** Says which host it is; a port has no mark. */
  readonly identity: Identity;
  readonly machine?: string;
}

/** What check leaves of a program's arguments. */
export interface PortInputs extends Settings, Whereabouts {}

/** What is saved: the declared settings as the kernel holds them, and what they were before. */
export interface PortState extends Settings, Whereabouts {
  readonly version: 1;
  readonly declared: readonly SettingName[];
  readonly before: Settings;
  readonly ifindex: number;
  /** The bridge, by name and by number. */
  readonly bridge: string;
  readonly bridgeIfindex: number;
  /** Numbers mean something only within one boot of the host. */
  readonly bootId: string;
}

/** A port as the kernel shows it. */
export interface ObservedPort {
  readonly name: string;
  readonly ifindex: number;
  readonly bridge: string;
  readonly bridgeIfindex: number;
  /** Those that this kernel has. */
  readonly settings: Settings;
}
