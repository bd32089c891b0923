import assert from "node:assert/strict";
import { fromKernel, toKernel } from "../../../provider/link/kernel-form";
import type { ObservedLink, Settings } from "../../../provider/link/model";
import { PROPERTIES, PROPERTY_NAMES } from "../../../provider/link/properties";
import { IFF_UP } from "../../../provider/netlink/constants";
import type { LinkAttributes } from "../../../provider/netlink/link-message";
import { readFixture } from "../../golden/fixture";
import { decodeLink } from "../../../provider/netlink/link-message";
import { decodeMessages } from "../../../provider/netlink/message";

const attributesOf = (settings: Settings): LinkAttributes =>
  toKernel("macvlan", settings, "abc").attributes;
const macvlan = (settings: Settings): unknown =>
  attributesOf(settings).IFLA_LINKINFO?.IFLA_INFO_DATA;

describe("settings as the kernel takes them", () => {
  const plain: readonly (readonly [Settings, LinkAttributes])[] = [
    [{ name: "web" }, { IFLA_IFNAME: "web" }],
    [{ macAddress: "02:00:00:00:00:01" }, { IFLA_ADDRESS: "02:00:00:00:00:01" }],
    [{ mtu: 1400 }, { IFLA_MTU: 1400 }],
    [{ txQueueLength: 0 }, { IFLA_TXQLEN: 0 }],
    [
      { numTxQueues: 2, numRxQueues: 3 },
      { IFLA_NUM_TX_QUEUES: 2, IFLA_NUM_RX_QUEUES: 3 },
    ],
    [{ group: 0 }, { IFLA_GROUP: 0 }],
    [{ alias: "x" }, { IFLA_IFALIAS: "x [pulumi-macvlan:abc]" }],
    [{ alias: "" }, { IFLA_IFALIAS: "[pulumi-macvlan:abc]" }],
    [{ addrGenMode: "random" }, { IFLA_AF_SPEC: { AF_INET6: { IFLA_INET6_ADDR_GEN_MODE: 3 } } }],
    [{}, {}],
    // Said elsewhere: by the message's own fields, by other messages, by files.
    [
      { lowerDevice: "eth0", netns: "a", lowerNetns: "b", altNames: ["c"], tap: { mode: "0600" } },
      {},
    ],
  ];
  for (const [settings, attributes] of plain)
    it(`${JSON.stringify(settings)}`, () => {
      assert.deepEqual(attributesOf(settings), attributes);
    });

  const modes = [
    ["private", 1],
    ["vepa", 2],
    ["bridge", 4],
    ["passthru", 8],
    ["source", 16],
  ] as const;
  for (const [mode, number] of modes)
    it(`mode ${mode} is ${number}`, () => {
      assert.deepEqual(attributesOf({ mode }), {
        IFLA_LINKINFO: { IFLA_INFO_KIND: "macvlan", IFLA_INFO_DATA: { IFLA_MACVLAN_MODE: number } },
      });
    });

  it("both flags in one attribute, each with the other", () => {
    const flags = (settings: Settings): unknown => macvlan(settings);
    assert.deepEqual(flags({ noPromisc: true }), { IFLA_MACVLAN_FLAGS: 1 });
    assert.deepEqual(flags({ noDst: true, noPromisc: false }), { IFLA_MACVLAN_FLAGS: 2 });
    assert.deepEqual(flags({ noDst: true, noPromisc: true }), { IFLA_MACVLAN_FLAGS: 3 });
  });

  it("a list of sources with what to do with it", () => {
    const sourceMacAddresses = ["02:00:00:00:00:01"];
    assert.deepEqual(macvlan({ sourceMacAddresses }), {
      IFLA_MACVLAN_MACADDR_MODE: 3,
      IFLA_MACVLAN_MACADDR_DATA: sourceMacAddresses,
    });
    assert.deepEqual(macvlan({ broadcastLimit: -1, broadcastQueueLength: 4294967295 }), {
      IFLA_MACVLAN_BC_QUEUE_LEN: 4294967295,
      IFLA_MACVLAN_BC_CUTOFF: -1,
    });
  });

  it("up, down, or not a word about it", () => {
    const flags = (settings: Settings): number[] => {
      const form = toKernel("macvlan", settings, undefined);
      return [form.flags, form.change];
    };
    assert.deepEqual(flags({ adminState: "up" }), [IFF_UP, IFF_UP]);
    assert.deepEqual(flags({ adminState: "down" }), [0, IFF_UP]);
    assert.deepEqual(flags({ mtu: 1400 }), [0, 0]);
  });

  it("an alias without a mark where there is none to be", () => {
    assert.deepEqual(toKernel("macvlan", { alias: "x" }, undefined).attributes, {
      IFLA_IFALIAS: "x",
    });
  });
});

describe("a link as a real kernel shows it", () => {
  function shown(name: string): ObservedLink {
    const [message] = decodeMessages(readFixture(`links/${name}`).bytes);
    assert.ok(message !== undefined);
    return fromKernel(decodeLink(message.body));
  }

  it("has all settings of a macvlan that a message can hold", () => {
    const link = shown("macvlan-bridge");
    const read = PROPERTY_NAMES.filter((name) => PROPERTIES[name].read !== undefined);
    assert.deepEqual(Object.keys(link.settings).sort(), [...read].sort());
    assert.equal(link.kind, "macvlan");
    assert.equal(link.settings.mode, "bridge");
    // Not in the message while it has its default.
    assert.equal(link.settings.broadcastLimit, 1);
  });

  it("tells both flags apart", () => {
    const { noPromisc, noDst, mode } = shown("macvlan-flags").settings;
    assert.deepEqual([mode, noPromisc, noDst], ["passthru", true, true]);
  });

  it("has no settings of a macvlan where it is none", () => {
    for (const name of ["loopback", "bridge", "veth-bridge-port"]) {
      const { settings, mark } = shown(name);
      assert.equal(settings.mode, undefined);
      assert.equal(settings.noDst, undefined);
      assert.equal(mark, undefined);
    }
  });

  it("has its sources in order", () => {
    const { sourceMacAddresses = [] } = shown("macvlan-source-list").settings;
    assert.ok(sourceMacAddresses.length > 1);
    assert.deepEqual(sourceMacAddresses, [...sourceMacAddresses].sort());
  });
});
