/** Legal arguments of a link, of any kind and mode, and the same arguments in other spellings. */
import * as fc from "fast-check";
import { ADDR_GEN_MODES, ADMIN_STATES, KINDS, MODES } from "../../provider/link/model";
import type { Kind, Mode, PropertyName, Tap } from "../../provider/link/model";
import { IPV6_MIN_MTU } from "../../provider/link/plan";
import { applies } from "../../provider/link/properties";
import type { Given } from "./link-fixtures";

const octet = fc.integer({ min: 0, max: 255 });
const hex = (value: number): string => value.toString(16).padStart(2, "0");

/** Unicast, not zero, and not the address of a modelled lower device. */
export const macAddress = fc
  .tuple(fc.integer({ min: 0, max: 127 }), octet, octet, octet, octet)
  .map(([first, ...rest]) => [first * 2, ...rest, 0x55].map(hex).join(":"));

const letters = fc.constantFrom(..."abcXYZ019-_.@é€");
const word = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: letters, minLength: 1, maxLength }).filter((text) => !/^\.+$/.test(text));
const deviceName = word(15).filter((name) => Buffer.byteLength(name) <= 15);

const netns = fc.oneof(
  word(20),
  fc.record({ pid: fc.integer({ min: 1, max: 4194304 }) }),
  word(20).map((name) => ({ path: `/run/netns/${name}` })),
);

const tap = fc.record(
  {
    owner: fc.constantFrom("root", "libvirt-qemu", "0", "64055"),
    group: fc.constantFrom("kvm", "108"),
    mode: fc.constantFrom("0600", "0660", "0644"),
  },
  { requiredKeys: [] },
);

/** Every property that may be left out and does not decide which link it is. */
const live = {
  mtu: fc.integer({ min: 68, max: 1500 }),
  txQueueLength: fc.integer({ min: 0, max: 2147483647 }),
  adminState: fc.constantFrom(...ADMIN_STATES),
  addrGenMode: fc.constantFrom(...ADDR_GEN_MODES),
  noPromisc: fc.boolean(),
  noDst: fc.boolean(),
  broadcastQueueLength: fc.integer({ min: 0, max: 4294967295 }),
  broadcastLimit: fc.integer({ min: -2147483648, max: 2147483647 }),
  sourceMacAddresses: fc.uniqueArray(macAddress, { maxLength: 4 }),
  group: fc.integer({ min: 0, max: 2147483647 }),
  alias: fc.string({ unit: letters, maxLength: 40 }),
  altNames: fc.uniqueArray(
    word(30).map((name) => `alt-${name}`),
    { maxLength: 3 },
  ),
  tap,
};

const fixed = {
  lowerNetns: netns,
  netns,
  name: deviceName,
  macAddress,
  numTxQueues: fc.integer({ min: 1, max: 4096 }),
  numRxQueues: fc.integer({ min: 1, max: 4096 }),
};

/** What the link is made of, and live properties; those that do not hold for it are left out. */
function legal(kind: Kind, mode: Mode, given: Given): Given {
  const noIpv6 = typeof given["mtu"] === "number" && given["mtu"] < IPV6_MIN_MTU;
  return Object.fromEntries(
    Object.entries(given).filter(
      ([name]) => applies(name as PropertyName, kind, mode) && !(name === "addrGenMode" && noIpv6),
    ),
  );
}

const kindAndMode = fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(...MODES));

/** Arguments for one link. */
export const givenLink: fc.Arbitrary<Given> = fc
  .tuple(kindAndMode, fc.record({ ...fixed, ...live }, { requiredKeys: [] }))
  .map(([[kind, mode], given]) => ({
    lowerDevice: "eth0",
    ...legal(kind, mode, given),
    kind,
    mode,
  }));

/** Arguments for one link at two times, which differ in what can change while it lives. */
export const givenTwice: fc.Arbitrary<readonly [Given, Given]> = fc
  .tuple(
    kindAndMode,
    fc.record(fixed, { requiredKeys: [] }),
    fc.record(live, { requiredKeys: [] }),
    fc.record(live, { requiredKeys: [] }),
  )
  .map(([[kind, mode], same, ...times]) => {
    const at = (time: Given): Given => ({
      lowerDevice: "eth0",
      ...legal(kind, mode, { ...same, ...time }),
      kind,
      mode,
    });
    return [at(times[0]), at(times[1])] as const;
  });

/** Another spelling of the same value. */
function respell(name: string, value: unknown): unknown {
  const isMac = name === "macAddress" || name === "sourceMacAddresses";
  if (Array.isArray(value)) return value.map((each) => respell(name, each)).reverse();
  if (typeof value === "string" && isMac) return value.toUpperCase().replaceAll(":", "-");
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return name === "tap" ? respellTap(value as Tap) : value;
}

/** "660" for "0660", a number for its digits, the fields in another order. */
function respellTap({ owner, group, mode }: Tap): Given {
  const account = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text);
  return {
    ...(mode !== undefined && { mode: mode.slice(1) }),
    ...(group !== undefined && { group: account(group) }),
    ...(owner !== undefined && { owner: account(owner) }),
  };
}

export const respelled = (given: Given): Given =>
  Object.fromEntries(
    Object.entries(given)
      .reverse()
      .map(([name, value]) => [name, name === "kind" ? value : respell(name, value)]),
  );
