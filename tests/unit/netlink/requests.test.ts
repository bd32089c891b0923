/** Requests are compared with what iproute2 sends for the same wish. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { describe, it } from "mocha";
import * as kernel from "../../../provider/netlink/constants";
import { decodeLink } from "../../../provider/netlink/link-message";
import { decodeMessages, type NetlinkMessage } from "../../../provider/netlink/message";
import { decodeNamespace } from "../../../provider/netlink/namespace-message";
import * as requests from "../../../provider/netlink/requests";
import { readFixture } from "../../golden/fixture";

const { NLM_F_REQUEST, NLM_F_ACK } = kernel;

function only(bytes: Uint8Array): NetlinkMessage {
  const [message, ...others] = decodeMessages(bytes);
  ok(message !== undefined && others.length === 0);
  return message;
}

function asSentByIp(name: string): Uint8Array {
  return readFixture(`requests/${name}`).bytes;
}

function indexIn(bytes: Uint8Array): number {
  return decodeLink(only(bytes).body).index;
}

function sameBytes(ours: Uint8Array, theirs: Uint8Array): void {
  strictEqual(Buffer.from(ours).toString("hex"), Buffer.from(theirs).toString("hex"));
}

describe("requests", () => {
  it("deletions are byte for byte iproute2's", () => {
    const one = asSentByIp("delete");
    sameBytes(requests.deleteLink(indexIn(one), { sequence: 1 }), one);
    sameBytes(requests.deleteLinksOfGroup(77, { sequence: 1 }), asSentByIp("delete-group"));
    const name = asSentByIp("delete-alternative-name");
    const index = indexIn(name);
    sameBytes(requests.deleteAlternativeNames(index, ["uplink"], { sequence: 1 }), name);
  });

  it("so are a change and the addition of alternative names", () => {
    const group = asSentByIp("set-group");
    const change = { index: indexIn(group), attributes: { IFLA_GROUP: 77 } };
    sameBytes(requests.newLink(change, { sequence: 1 }), group);
    const names = asSentByIp("add-alternative-names");
    const flags = NLM_F_ACK | kernel.NLM_F_CREATE | kernel.NLM_F_EXCL | kernel.NLM_F_APPEND;
    sameBytes(
      requests.addAlternativeNames(
        indexIn(names),
        ["uplink", "a-name-that-is-longer-than-fifteen-bytes"],
        { sequence: 1, flags },
      ),
      names,
    );
  });

  it("a creation differs from iproute2's only in the NUL that ends the kind", () => {
    const theirs = only(asSentByIp("add-macvlan"));
    const ours = only(
      requests.newLink(
        {
          attributes: {
            IFLA_ADDRESS: "02:00:5e:00:53:01",
            IFLA_MTU: 1400,
            IFLA_LINK: decodeLink(theirs.body).attributes.IFLA_LINK ?? 0,
            IFLA_IFNAME: "m0",
            IFLA_LINKINFO: {
              IFLA_INFO_KIND: "macvlan",
              IFLA_INFO_DATA: { IFLA_MACVLAN_MODE: kernel.MACVLAN_MODE_BRIDGE },
            },
          },
        },
        { sequence: 1, flags: NLM_F_ACK | kernel.NLM_F_CREATE | kernel.NLM_F_EXCL },
      ),
    );
    strictEqual(ours.flags, theirs.flags);
    deepStrictEqual(decodeLink(ours.body), decodeLink(theirs.body));
  });

  it("every read of links sets IFLA_EXT_MASK", () => {
    for (const read of [
      requests.getLinkByIndex(3, { sequence: 1 }),
      requests.getLinkByName("m0", { sequence: 1 }),
      requests.dumpLinks({ sequence: 1 }),
    ]) {
      const { attributes } = decodeLink(only(read).body);
      strictEqual(attributes.IFLA_EXT_MASK, kernel.RTEXT_FILTER_SKIP_STATS);
    }
  });

  it("a name of more than 15 bytes is asked for as an alternative name", () => {
    const asked = (name: string) => {
      const { attributes } = decodeLink(only(requests.getLinkByName(name, { sequence: 1 })).body);
      return Object.keys(attributes).filter((key) => key !== "IFLA_EXT_MASK");
    };
    deepStrictEqual(asked("fifteen-bytes-i"), ["IFLA_IFNAME"]);
    deepStrictEqual(asked("sixteen-bytes-is"), ["IFLA_ALT_IFNAME"]);
    deepStrictEqual(asked("äöüäöüäö"), ["IFLA_ALT_IFNAME"], "bytes, not characters");
    const theirs = decodeLink(only(asSentByIp("get-by-alternative-name")).body).attributes;
    strictEqual(theirs.IFLA_ALT_IFNAME, "a-name-that-is-longer-than-fifteen-bytes");
  });

  it("reads can be directed into another namespace", () => {
    const read = requests.getLinkByIndex(3, { sequence: 1, targetNamespaceId: 0 });
    const { index, attributes } = decodeLink(only(read).body);
    deepStrictEqual([index, attributes.IFLA_TARGET_NETNSID], [3, 0]);
  });

  it("asks for an ack unless told otherwise; a dump ends by itself", () => {
    const flagsOf = (bytes: Uint8Array) => only(bytes).flags;
    strictEqual(flagsOf(requests.deleteLink(3, { sequence: 1 })), NLM_F_REQUEST | NLM_F_ACK);
    strictEqual(flagsOf(requests.deleteLink(3, { sequence: 1, flags: 0 })), NLM_F_REQUEST);
    strictEqual(flagsOf(requests.dumpLinks({ sequence: 1 })), NLM_F_REQUEST | kernel.NLM_F_DUMP);
  });

  it("namespaces are asked for, and given, a number", () => {
    const asked = only(requests.getNamespaceId({ NETNSA_FD: 5 }, { sequence: 9 }));
    strictEqual(asked.type, kernel.RTM_GETNSID);
    strictEqual(asked.sequence, 9);
    deepStrictEqual(decodeNamespace(asked.body).attributes, { NETNSA_FD: 5 });
    const given = { NETNSA_PID: 1, NETNSA_NSID: kernel.NETNSA_NSID_NOT_ASSIGNED };
    const assigned = only(requests.assignNamespaceId(given, { sequence: 9 }));
    strictEqual(assigned.type, kernel.RTM_NEWNSID);
    deepStrictEqual(decodeNamespace(assigned.body).attributes, given);
  });
});
