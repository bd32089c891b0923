/** What the kernel and iproute2 wrote is read as what it means, and written again bit by bit. */
import { describe, it } from "mocha";
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { type Ack, decodeAck, isAck } from "../../provider/netlink/ack";
import { decodeAddress } from "../../provider/netlink/address-message";
import * as kernel from "../../provider/netlink/constants";
import { Errno } from "../../provider/netlink/errno";
import { decodeLink, encodeLink, type LinkMessage } from "../../provider/netlink/link-message";
import { decodeMessages, encodeMessage } from "../../provider/netlink/message";
import { decodeNamespace } from "../../provider/netlink/namespace-message";
import { decodeRoute } from "../../provider/netlink/route-message";
import { boolean } from "../../provider/link/value-type";
import type { BridgePortAttributes } from "../../provider/netlink/bridge-port-attributes";
import { fromAttributes, PORT_PROPERTIES, SETTING_NAMES } from "../../provider/port/properties";
import { fixturesIn } from "./fixture";
import { bodyAgain, onlyMessage, pick } from "./messages";

function link(name: string): LinkMessage {
  return decodeLink(onlyMessage(name).body);
}

describe("golden bytes", () => {
  for (const folder of [
    ...["links", "namespaces", "acks", "dumps", "requests", "addresses", "routes", "rules"],
  ]) {
    for (const { name, bytes } of fixturesIn(folder)) {
      it(`${name}: decoded and encoded are the same bytes`, () => {
        const again = decodeMessages(bytes).map((message) =>
          encodeMessage({ ...message, body: bodyAgain(message) }),
        );
        strictEqual(Buffer.concat(again).toString("hex"), Buffer.from(bytes).toString("hex"));
      });
    }
  }

  const read = { links: decodeLink, addresses: decodeAddress, routes: decodeRoute };
  for (const [folder, decode] of Object.entries(read)) {
    it(`no attribute among ${folder} of this kernel is without a name`, () => {
      for (const { name, bytes } of fixturesIn(folder)) {
        for (const message of decodeMessages(bytes)) {
          if (isAck(message)) continue;
          const names = Object.keys(decode(message.body).attributes);
          deepStrictEqual(
            names.filter((key) => key.startsWith("#")),
            [],
            name,
          );
        }
      }
    });
  }

  describe("links", () => {
    const modes = {
      private: kernel.MACVLAN_MODE_PRIVATE,
      vepa: kernel.MACVLAN_MODE_VEPA,
      bridge: kernel.MACVLAN_MODE_BRIDGE,
      passthru: kernel.MACVLAN_MODE_PASSTHRU,
      source: kernel.MACVLAN_MODE_SOURCE,
    };
    for (const [mode, number] of Object.entries(modes)) {
      it(`mode ${mode}`, () => {
        deepStrictEqual(link(`links/macvlan-${mode}`).attributes.IFLA_LINKINFO, {
          IFLA_INFO_KIND: "macvlan",
          IFLA_INFO_DATA: {
            IFLA_MACVLAN_MODE: number,
            IFLA_MACVLAN_FLAGS: 0,
            IFLA_MACVLAN_MACADDR_COUNT: 0,
            IFLA_MACVLAN_BC_QUEUE_LEN: 1000,
            IFLA_MACVLAN_BC_QUEUE_LEN_USED: 1000,
          },
        });
      });
    }

    it("the settings of a new bridge port", () => {
      const { IFLA_LINKINFO: info } = link("links/veth-bridge-port").attributes;
      strictEqual(info?.IFLA_INFO_SLAVE_KIND, "bridge");
      const data = info?.IFLA_INFO_SLAVE_DATA as BridgePortAttributes;
      deepStrictEqual(fromAttributes(data), {
        ...Object.fromEntries(
          SETTING_NAMES.filter((name) => PORT_PROPERTIES[name].type === boolean).map((name) => [
            name,
            /^(learning|.*flood)$/i.test(name),
          ]),
        ),
        ...{ multicastRouter: 1, multicastMaxGroups: 0, groupForwardMask: 0 },
        ...{ priority: 32, cost: 2, backupPort: "" },
      });
    });

    it("flags", () => {
      deepStrictEqual(pick(macvlanOf("macvlan-flags"), "IFLA_MACVLAN_MODE", "IFLA_MACVLAN_FLAGS"), {
        IFLA_MACVLAN_MODE: kernel.MACVLAN_MODE_PASSTHRU,
        IFLA_MACVLAN_FLAGS: kernel.MACVLAN_FLAG_NOPROMISC | kernel.MACVLAN_FLAG_NODST,
      });
    });

    it("source addresses", () => {
      const { IFLA_MACVLAN_MACADDR_COUNT, IFLA_MACVLAN_MACADDR_DATA } =
        macvlanOf("macvlan-source-list");
      strictEqual(IFLA_MACVLAN_MACADDR_COUNT, 3);
      deepStrictEqual(new Set(IFLA_MACVLAN_MACADDR_DATA), new Set(sourceAddresses));
    });

    it("queue length and broadcast limit, with a sibling that asks for more", () => {
      deepStrictEqual(
        pick(
          macvlanOf("macvlan-bclim"),
          "IFLA_MACVLAN_BC_QUEUE_LEN",
          "IFLA_MACVLAN_BC_QUEUE_LEN_USED",
          "IFLA_MACVLAN_BC_CUTOFF",
        ),
        {
          IFLA_MACVLAN_BC_QUEUE_LEN: 200,
          IFLA_MACVLAN_BC_QUEUE_LEN_USED: 4000,
          IFLA_MACVLAN_BC_CUTOFF: -1,
        },
      );
      strictEqual(macvlanOf("macvlan-bcqueuelen").IFLA_MACVLAN_BC_CUTOFF, undefined);
    });

    it("a macvtap's data are those of a macvlan", () => {
      const { attributes, flags, type } = link("links/macvtap");
      strictEqual(attributes.IFLA_LINKINFO?.IFLA_INFO_KIND, "macvtap");
      strictEqual(macvlanOf("macvtap").IFLA_MACVLAN_MODE, kernel.MACVLAN_MODE_BRIDGE);
      strictEqual(attributes.IFLA_TXQLEN, 500);
      strictEqual(type, kernel.ARPHRD_ETHER);
      strictEqual(flags & kernel.IFF_UP, kernel.IFF_UP);
    });

    it("everything a link can wear", () => {
      const { attributes } = link("links/macvlan-dressed");
      const { IFLA_MASTER, IFLA_LINK, IFLA_LINKINFO, IFLA_AF_SPEC } = attributes;
      deepStrictEqual(
        pick(
          attributes,
          ...["IFLA_IFNAME", "IFLA_ADDRESS", "IFLA_MTU", "IFLA_TXQLEN", "IFLA_IFALIAS"],
          ...["IFLA_GROUP", "IFLA_NUM_TX_QUEUES", "IFLA_NUM_RX_QUEUES", "IFLA_PROP_LIST"],
        ),
        {
          IFLA_IFNAME: "m0",
          IFLA_TXQLEN: 33,
          IFLA_MTU: 1400,
          IFLA_GROUP: 77,
          IFLA_NUM_TX_QUEUES: 2,
          IFLA_NUM_RX_QUEUES: 3,
          IFLA_IFALIAS: "web, zweite Strasse [pulumi-macvlan:1]",
          IFLA_ADDRESS: "02:00:5e:00:53:01",
          IFLA_PROP_LIST: ["uplink", "a-name-that-is-longer-than-fifteen-bytes"],
        },
      );
      ok(IFLA_MASTER !== undefined && IFLA_MASTER !== IFLA_LINK);
      strictEqual(IFLA_LINKINFO?.IFLA_INFO_SLAVE_KIND, "bridge");
      strictEqual(IFLA_AF_SPEC?.AF_INET6?.IFLA_INET6_ADDR_GEN_MODE, kernel.IN6_ADDR_GEN_MODE_NONE);
    });

    it("an alias that is not UTF-8 is shown, and keeps its bytes", () => {
      const decoded = link("links/macvlan-not-utf8");
      strictEqual(decoded.attributes.IFLA_IFALIAS, "caf\ufffd");
      const changed = encodeLink({
        ...decoded,
        attributes: { ...decoded.attributes, IFLA_IFALIAS: "café" },
      });
      strictEqual(decodeLink(changed).attributes.IFLA_IFALIAS, "café");
    });

    it("a lower device in another namespace, and a link read in one", () => {
      const far = link("links/macvlan-lower-elsewhere").attributes;
      strictEqual(far.IFLA_IFNAME, "far0");
      strictEqual(far.IFLA_LINK_NETNSID, 0);
      const near = link("links/macvlan-read-elsewhere").attributes;
      strictEqual(near.IFLA_IFNAME, "near0");
      strictEqual(near.IFLA_TARGET_NETNSID, 0);
      strictEqual(near.IFLA_LINK_NETNSID, undefined);
    });

    it("links of other kinds", () => {
      strictEqual(link("links/loopback").type, kernel.ARPHRD_LOOPBACK);
      strictEqual(link("links/bridge").attributes.IFLA_LINKINFO?.IFLA_INFO_KIND, "bridge");
      ok(
        link("links/bridge").attributes.IFLA_LINKINFO?.IFLA_INFO_DATA instanceof Uint8Array,
        "the data of a kind we have no table for are bytes",
      );
    });

    it("the echo of a creation carries the request's sequence number and the new index", () => {
      strictEqual(onlyMessage("links/echo-of-creation").sequence, 9);
      ok(link("links/echo-of-creation").index > 0);
    });
  });

  describe("acks", () => {
    const acks: Record<string, Ack> = {
      success: { sequence: 1, errno: 0, requestType: kernel.RTM_NEWLINK },
      "bare-errno": { sequence: 1, errno: Errno.EINVAL, requestType: kernel.RTM_NEWLINK },
      capped: { sequence: 1, errno: Errno.EINVAL, requestType: kernel.RTM_NEWLINK },
      text: {
        sequence: 1,
        errno: Errno.EINVAL,
        text: "mtu greater than device maximum",
        requestType: kernel.RTM_NEWLINK,
      },
      "text-capped": {
        sequence: 1,
        errno: Errno.EINVAL,
        text: "mtu greater than device maximum",
        requestType: kernel.RTM_NEWLINK,
      },
      "text-and-offset": {
        sequence: 1,
        errno: Errno.ERANGE,
        text: "Attribute failed policy validation",
        offset: 32,
        requestType: kernel.RTM_NEWLINK,
      },
      "no-such-device": { sequence: 1, errno: Errno.ENODEV, requestType: kernel.RTM_GETLINK },
    };
    for (const [name, expected] of Object.entries(acks)) {
      it(name, () => deepStrictEqual(decodeAck(onlyMessage(`acks/${name}`)), expected));
    }

    it("the end of a dump, clean and refused", () => {
      deepStrictEqual(decodeAck(onlyMessage("dumps/done")), { sequence: 5, errno: 0 });
      deepStrictEqual(decodeAck(onlyMessage("dumps/refused")), {
        sequence: 1,
        errno: Errno.EINVAL,
        text: "Invalid target network namespace id",
      });
    });
  });

  it("a dump is several messages in several datagrams", () => {
    const parts = fixturesIn("dumps").filter(({ name }) => name.startsWith("dumps/links"));
    const messages = parts.map(({ bytes }) => decodeMessages(bytes));
    ok(messages.some((part) => part.length > 1) && parts.length > 1);
    ok(messages.flat().every(({ flags }) => (flags & kernel.NLM_F_MULTI) !== 0));
    deepStrictEqual(
      messages.flat().map(({ body }) => decodeLink(body).attributes.IFLA_IFNAME),
      ["lo", "v1", "v0", "m0"],
    );
  });

  it("a namespace with a number and one without", () => {
    const known = decodeNamespace(onlyMessage("namespaces/known").body).attributes;
    deepStrictEqual(known, { NETNSA_NSID: 0 });
    const unknown = decodeNamespace(onlyMessage("namespaces/unknown").body).attributes;
    deepStrictEqual(unknown, { NETNSA_NSID: kernel.NETNSA_NSID_NOT_ASSIGNED });
  });

  it("what iproute2 asks for when it adds a macvlan with source addresses", () => {
    deepStrictEqual(link("requests/add-source-list").attributes.IFLA_LINKINFO, {
      IFLA_INFO_KIND: "macvlan",
      IFLA_INFO_DATA: {
        IFLA_MACVLAN_MACADDR_MODE: kernel.MACVLAN_MACADDR_SET,
        IFLA_MACVLAN_MACADDR_DATA: sourceAddresses.slice(0, 2),
        IFLA_MACVLAN_MODE: kernel.MACVLAN_MODE_SOURCE,
      },
    });
  });
});

const sourceAddresses = ["02:00:5e:00:53:11", "02:00:5e:00:53:12", "02:00:5e:00:53:13"];

function macvlanOf(name: string) {
  const data = link(`links/${name}`).attributes.IFLA_LINKINFO?.IFLA_INFO_DATA;
  ok(data !== undefined && !(data instanceof Uint8Array));
  return data;
}
