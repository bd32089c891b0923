/** What the kernel and iproute2 wrote of addresses and routes is read as what it means. */
import { describe, it } from "mocha";
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { isAck } from "../../provider/netlink/ack";
import { type AddressMessage, decodeAddress } from "../../provider/netlink/address-message";
import * as kernel from "../../provider/netlink/constants";
import { decodeMessages } from "../../provider/netlink/message";
import { decodeRoute, type RouteMessage } from "../../provider/netlink/route-message";
import { toMessage } from "../../provider/link/addresses";
import type { Address } from "../../provider/link/model";
import { rulesTo, toRuleMessage } from "../../provider/link/arp";
import { toRouteMessage } from "../../provider/link/routes";
import { getRouteOf, newAddress, newRoute } from "../../provider/netlink/route-requests";
import { decodeRule, encodeRule, newRule } from "../../provider/netlink/rule-message";
import { readFixture } from "./fixture";
import { onlyMessage, pick } from "./messages";

function route(name: string): RouteMessage {
  return decodeRoute(onlyMessage(name).body);
}

function dumped<T>(name: string, decode: (body: Uint8Array) => T): T[] {
  const messages = decodeMessages(readFixture(name).bytes);
  return messages.filter((message) => !isAck(message)).map(({ body }) => decode(body));
}

describe("golden bytes of", () => {
  describe("addresses", () => {
    const of = (name: string, address: string): AddressMessage => {
      const found = dumped(`addresses/${name}`, decodeAddress).find(
        ({ attributes: { IFA_LOCAL, IFA_ADDRESS } }) => (IFA_LOCAL ?? IFA_ADDRESS) === address,
      );
      ok(found, address);
      return found;
    };

    it("with label and broadcast", () => {
      const { prefixLength, scope, attributes } = of("dump-ipv4", "192.0.2.1");
      deepStrictEqual([prefixLength, scope], [24, kernel.RT_SCOPE_UNIVERSE]);
      deepStrictEqual(pick(attributes, "IFA_LABEL", "IFA_BROADCAST", "IFA_FLAGS"), {
        IFA_BROADCAST: "192.0.2.255",
        IFA_LABEL: "v0:web",
        IFA_FLAGS: kernel.IFA_F_PERMANENT,
      });
    });

    it("are made as iproute2 makes them, of IPv4 with the network's broadcast address", () => {
      const made = (given: Address, index: number): AddressMessage | undefined =>
        decodeMessages(newAddress(toMessage(given, index), { sequence: 1 })).map(({ body }) =>
          decodeAddress(body),
        )[0];
      const six = decodeAddress(onlyMessage("requests/add-address-ipv6").body);
      deepStrictEqual(made({ address: "2001:db8::1/64", noDad: true }, six.index), six);
      const { IFA_CACHEINFO: _, ...theirs } = decodeAddress(
        onlyMessage("requests/add-address").body,
      ).attributes;
      deepStrictEqual(made("192.0.2.2/24", 3)?.attributes, {
        ...theirs,
        IFA_BROADCAST: "192.0.2.255",
      });
    });

    it("with a lifetime", () => {
      const { flags, attributes } = of("dump-ipv4", "192.0.2.2");
      strictEqual(flags, kernel.IFA_F_SECONDARY);
      deepStrictEqual(pick(attributes.IFA_CACHEINFO ?? {}, "preferred", "valid"), {
        preferred: 1800,
        valid: 3600,
      });
    });

    it("with a peer, of either family", () => {
      const four = of("dump-ipv4", "198.51.100.1");
      strictEqual(four.scope, kernel.RT_SCOPE_LINK);
      deepStrictEqual(pick(four.attributes, "IFA_ADDRESS", "IFA_RT_PRIORITY", "IFA_FLAGS"), {
        IFA_ADDRESS: "198.51.100.2",
        IFA_RT_PRIORITY: 77,
        IFA_FLAGS: kernel.IFA_F_PERMANENT | kernel.IFA_F_NOPREFIXROUTE,
      });
      strictEqual(of("dump-ipv6", "2001:db8:1::1").attributes.IFA_ADDRESS, "2001:db8:1::2");
    });

    it("link-local, on two devices", () => {
      const all = dumped("addresses/dump-ipv6", decodeAddress);
      const local = all.filter(({ scope }) => scope === kernel.RT_SCOPE_LINK);
      deepStrictEqual(
        new Set(local.map(({ attributes }) => attributes.IFA_ADDRESS)),
        new Set(["fe80::53", "fe80::5eff:fe00:53a0", "fe80::5eff:fe00:53a1"]),
      );
      strictEqual(new Set(local.map(({ index }) => index)).size, 2);
    });
  });

  describe("rules", () => {
    const command = "requests/add-rule";

    it("in a request, as iproute2 writes it", () => {
      const ours = newRule(toRuleMessage("192.0.2.10", 1000), { sequence: 1 });
      const [ourBody, theirBody] = [ours, readFixture(command).bytes].map(
        (bytes) => decodeMessages(bytes)[0]?.body,
      );
      deepStrictEqual(ourBody, theirBody);
      deepStrictEqual(encodeRule(decodeRule(onlyMessage(command).body)), onlyMessage(command).body);
    });

    it("in a dump, among the kernel's own", () => {
      const rules = dumped("rules/dump-ipv4", decodeRule);
      strictEqual(rules.length, 4);
      deepStrictEqual(rulesTo(rules, 1000), ["192.0.2.10"]);
    });
  });

  describe("routes", () => {
    it("rules choose by source and by port what the destination alone does not", () => {
      const gateways = ["default", "by-source", "by-ports"].map((name) => {
        const { RTA_GATEWAY, RTA_OIF } = route(`routes/${name}`).attributes;
        return { RTA_GATEWAY, RTA_OIF };
      });
      const [plain, bySource, byPorts] = gateways;
      strictEqual(plain?.RTA_GATEWAY, "192.0.2.254");
      strictEqual(bySource?.RTA_GATEWAY, "198.51.100.254");
      deepStrictEqual(byPorts, bySource);
      ok(plain.RTA_OIF !== byPorts?.RTA_OIF);
    });

    it("several next hops", () => {
      const hops = route("routes/multipath").attributes.RTA_MULTIPATH ?? [];
      deepStrictEqual(
        hops.map(({ hops: weight, attributes }) => [attributes.RTA_GATEWAY, weight]),
        [
          ["192.0.2.253", 2],
          ["198.51.100.253", 0],
        ],
      );
      ok(hops[0]?.index !== hops[1]?.index);
      const six = route("routes/ipv6-multipath").attributes.RTA_MULTIPATH ?? [];
      deepStrictEqual(six.map(({ attributes }) => attributes.RTA_GATEWAY).sort(), [
        "2001:db8:1::fd",
        "2001:db8::fd",
      ]);
    });

    it("metrics, a gateway of the other family, a next hop with a number", () => {
      deepStrictEqual(route("routes/default").attributes.RTA_METRICS, {
        RTAX_LOCK: 1 << kernel.RTAX_MTU,
        RTAX_MTU: 1400,
        RTAX_ADVMSS: 1360,
        RTAX_CC_ALGO: "reno",
      });
      deepStrictEqual(route("routes/via-ipv6").attributes.RTA_VIA, {
        family: kernel.AF_INET6,
        address: "2001:db8::fe",
      });
      const all = dumped("routes/dump-ipv4", decodeRoute);
      ok(all.some(({ attributes }) => attributes.RTA_NH_ID === 42));
      ok(all.some(({ type }) => type === kernel.RTN_BLACKHOLE));
      const far = all.find(({ table }) => table === kernel.RT_TABLE_COMPAT);
      strictEqual(far?.attributes.RTA_TABLE, 1000);
    });

    it("to an address of the host itself", () => {
      strictEqual(route("routes/local").type, kernel.RTN_LOCAL);
    });

    it("are made as iproute2 makes them, but static and with the table in full", () => {
      const theirs = route("requests/add-route-via-ipv6");
      const given = {
        destination: "203.0.113.128/25",
        gateway: "2001:db8::fe",
        source: "192.0.2.1",
        onLink: true,
      };
      const message = toRouteMessage(given, theirs.attributes.RTA_OIF ?? 0);
      const [ours] = decodeMessages(newRoute(message, { sequence: 1 })).map(({ body }) =>
        decodeRoute(body),
      );
      const attributes = { ...theirs.attributes, RTA_TABLE: kernel.RT_TABLE_MAIN };
      deepStrictEqual(ours, { ...theirs, protocol: kernel.RTPROT_STATIC, attributes });
    });

    it("are asked for as iproute2 does, but for what is not asked for", () => {
      const ends = { local: "198.51.100.1", localPort: 22, remotePort: 40000 };
      const asked = getRouteOf({ ...ends, remote: "203.0.113.200" }, { sequence: 1 });
      const [ours] = decodeMessages(asked).map(({ body }) => decodeRoute(body));
      const theirs = route("requests/get-route");
      deepStrictEqual(ours?.attributes, theirs.attributes);
      deepStrictEqual(
        { ...ours, flags: 0, attributes: {} },
        { ...theirs, flags: 0, attributes: {} },
      );
    });
  });
});
