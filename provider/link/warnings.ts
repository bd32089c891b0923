/** Where a program is about to disappoint, though the kernel takes it: what a preview warns of, one line each. */
import { type Device, lowerDeviceIn, type Snapshot, STANDING, standing } from "./causes";
import { at, having, type KeysOf, named } from "./having";
import { type LinkInputs, type Mode, MODES } from "./model";
import { ownerOf } from "./ownership";
import { IPV6_MIN_MTU } from "./plan";
import { hearEachOther, needHairpin, whatParts } from "./reach";
import { complete } from "./wanted";

export interface Sight extends Snapshot {
  /** Whether the lower device is a wireless card; undefined where nobody looked. */
  readonly isWireless?: boolean | undefined;
}

interface View {
  readonly inputs: LinkInputs;
  readonly mode: Mode;
  readonly lower: Device;
  /** Some links on the same lower device that something else made: of any mode, of one, or with a MAC address. */
  readonly siblings: (what?: string) => readonly Device[];
  readonly sight: Sight;
}

type Rule = (view: View) => string | undefined;

/** So many are named; of more, one more is looked at. */
const NAMED = 5;

const namesOf = (devices: readonly Device[]): string =>
  devices
    .map(({ settings }) => settings.name)
    .slice(0, NAMED)
    .join(", ");

/** What carries a mark is of this package: of that the program's own words tell. */
const UNMARKED: KeysOf = (device) => (device.mark === undefined ? STANDING(device) : []);

const RULES: readonly Rule[] = [
  // Measured with simulated radios: docs/kernels.md.
  ({ mode, lower, sight }) =>
    sight.isWireless === true && mode !== "passthru"
      ? `lowerDevice: ${lower.settings.name} is a wireless card, and an access point knows the card's own MAC address alone: the link hears broadcasts and nothing else, and nobody hears it. Use a wired card, mode passthru (which has the card's address), routed guests (examples/routed-nat), or four-address frames where the access point takes them (iw dev ${lower.settings.name} set 4addr on)`
      : undefined,
  ({ inputs, lower, sight }) => {
    const stands = named(sight.below, inputs.lowerDevice);
    return stands === undefined || stands.ifindex === lower.ifindex
      ? undefined
      : `lowerDevice: ${inputs.lowerDevice} is a ${stands.kind ?? "link"} itself, and the kernel puts the link on what is below it, ${lower.settings.name}. Declare that`;
  },
  ({ inputs, lower }) =>
    lower.settings.adminState === "down" && inputs.adminState !== "down"
      ? `lowerDevice: ${lower.settings.name} is down, and so will the link be (LOWERLAYERDOWN) until that is up: "ip link set ${lower.settings.name} up"`
      : undefined,
  ({ inputs, lower }) => {
    const mtu = inputs.mtu ?? lower.settings.mtu ?? IPV6_MIN_MTU;
    const isTight = mtu < IPV6_MIN_MTU && inputs.mtu === undefined;
    return isTight
      ? `mtu: ${lower.settings.name} has an MTU of ${mtu}, which leaves the link without IPv6 (that needs ${IPV6_MIN_MTU}). Raise it there`
      : undefined;
  },
  ({ mode, siblings, lower }) => {
    const isApart = (each: Mode): boolean =>
      mode !== "passthru" && each !== mode && !hearEachOther(mode, each, false);
    const other = MODES.find((each) => isApart(each) && siblings(each).length > 0);
    return other === undefined
      ? undefined
      : `mode: "${mode}" and ${namesOf(siblings(other))} (mode ${other}) on ${lower.settings.name} do not reach each other${whatParts(mode, other)}. Use one mode, bridge, for those that shall`;
  },
  ({ mode, siblings, lower, sight }) => {
    // A source link hears whom it lists; that is another matter.
    if (mode === "source" || !needHairpin(mode, mode)) return undefined;
    const others = siblings(mode);
    const port = portAtOtherEnd(lower, sight);
    if (others.length === 0 || port?.port?.IFLA_BRPORT_MODE === 1) return undefined;
    const where =
      port === undefined
        ? `no switch that sends frames back (hairpin) is in sight`
        : `the bridge port at the other end, ${port.settings.name}, does not send frames back (hairpin is off)`;
    return `mode: in ${mode.toUpperCase()} mode the link and ${namesOf(others)} on ${lower.settings.name} reach each other through the switch only, and ${where}. Set hairpin there (BridgePort), or use mode bridge`;
  },
  ({ inputs, siblings, lower }) => {
    const { broadcastLimit } = inputs;
    const others = siblings().filter(({ settings }) => settings.broadcastLimit !== broadcastLimit);
    return broadcastLimit === undefined || others.length === 0
      ? undefined
      : `broadcastLimit: it is one value for all links on ${lower.settings.name}, and the last that is set holds: ${broadcastLimit} also for ${namesOf(others)}, which ${others.length === 1 ? "has" : "have"} ${others[0]?.settings.broadcastLimit ?? 1} now`;
  },
  ({ inputs, siblings }) => {
    const { macAddress } = inputs;
    const other = siblings(macAddress).find(({ settings }) => settings.adminState === "down");
    return macAddress === undefined || other === undefined
      ? undefined
      : `macAddress: ${other.settings.name} on the same lower device has ${macAddress} too. It is down; the kernel refuses to have both up`;
  },
];

/** The other end of a veth, where it is a port of a bridge in the same namespace. */
function portAtOtherEnd(lower: Device, { below }: Sight): Device | undefined {
  if (lower.kind !== "veth") return undefined;
  const end = at(below, lower.lowerIfindex);
  return end?.slaveKind === "bridge" ? end : undefined;
}

/** Ours that lost its mark, or one that is to be adopted. */
const isItself = (device: Device, { name }: LinkInputs, { beside }: Sight): boolean =>
  device.settings.name === name && at(beside, device.ifindex) !== undefined;

export function warningsOf(inputs: LinkInputs, sight: Sight): string[] {
  const { mark } = inputs.identity;
  const lower = lowerDeviceIn(sight.below, inputs.lowerDevice);
  if (lower === undefined) return [];
  const { settings } = complete(inputs, undefined);
  const isStranger = (device: Device): boolean =>
    ownerOf(device, mark) === "foreign" && !isItself(device, inputs, sight);
  const siblings = (what?: string): readonly Device[] =>
    some(having(sight.below, UNMARKED, standing(lower.ifindex, what)), isStranger);
  const view = { inputs, mode: settings.mode, lower, siblings, sight };
  return RULES.flatMap((rule) => rule(view) ?? []);
}

function some(devices: readonly Device[], isMeant: (device: Device) => boolean): Device[] {
  const found: Device[] = [];
  for (const device of devices) if (isMeant(device) && found.push(device) > NAMED) break;
  return found;
}
