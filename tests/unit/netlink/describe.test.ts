import { match, ok, strictEqual } from "node:assert";
import { describe, it } from "mocha";
import * as kernel from "../../../provider/netlink/constants";
import { describeMessage } from "../../../provider/netlink/describe";
import { encodeLink } from "../../../provider/netlink/link-message";
import { decodeMessages, type NetlinkMessage } from "../../../provider/netlink/message";
import { readFixture } from "../../golden/fixture";

function described(fixture: string): string {
  return decodeMessages(readFixture(fixture).bytes).map(describeMessage).join("\n");
}

function message(type: number, body: Uint8Array): NetlinkMessage {
  return { type, flags: 0, sequence: 1, portId: 0, body };
}

const header = { family: 0, type: 0, index: 0, flags: 0, change: 0 };

describe("describeMessage", () => {
  it("a request", () => {
    strictEqual(
      described("requests/add-macvtap"),
      `RTM_NEWLINK NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE sequence=1 port=0 84 bytes
  index=0 family=0 type=0 flags=IFF_UP change=IFF_UP
  IFLA_LINK 3
  IFLA_IFNAME "t0"
  IFLA_LINKINFO
    IFLA_INFO_KIND "macvtap"
    IFLA_INFO_DATA
      IFLA_MACVLAN_MODE 2 (MACVLAN_MODE_VEPA)
      IFLA_MACVLAN_FLAGS 2 (MACVLAN_FLAG_NODST)`,
    );
  });

  it("a refusal", () => {
    strictEqual(
      described("acks/text-capped"),
      `NLMSG_ERROR NLM_F_CAPPED|NLM_F_ACK_TLVS sequence=1 port=4242 72 bytes
  error=-22 (EINVAL)
  request RTM_NEWLINK NLM_F_REQUEST|NLM_F_ACK sequence=1
  NLMSGERR_ATTR_MSG "mtu greater than device maximum"`,
    );
  });

  it("a namespace, a read, a message of a type without a name", () => {
    match(described("namespaces/unknown"), /^RTM_NEWNSID 0 .*\n {2}NETNSA_NSID -1$/);
    match(described("requests/dump"), /^RTM_GETLINK NLM_F_REQUEST\|NLM_F_ROOT\|NLM_F_MATCH /);
    match(describeMessage(message(999, new Uint8Array([1, 255]))), /^type 999 0 .*\n {2}01 ff$/);
  });

  it("addresses and routes, with every next hop", () => {
    match(
      described("addresses/dump-ipv4"),
      /^RTM_NEWADDR NLM_F_MULTI .*\n {2}index=1 family=2 prefix=8 scope=254 flags=IFA_F_PERMANENT\n {2}IFA_ADDRESS "127\.0\.0\.1"$/m,
    );
    match(
      described("addresses/dump-ipv4"),
      /IFA_FLAGS 640 \(IFA_F_PERMANENT\|IFA_F_NOPREFIXROUTE\)/,
    );
    const route = described("routes/multipath");
    match(route, /^RTM_NEWROUTE 0 .*\n.* table=254 protocol=4 scope=0 type=RTN_UNICAST flags=0$/m);
    match(route, /RTA_MULTIPATH \[\{ flags 0, hops 2, .*RTA_GATEWAY "198\.51\.100\.253" \} \}\]$/m);
    match(described("requests/get-route"), /^RTM_GETROUTE .* sequence=1/);
  });

  it("unknown attributes in hex, and no attribute at length", () => {
    const text = describeMessage(
      message(
        kernel.RTM_NEWLINK,
        encodeLink({
          ...header,
          attributes: {
            "#999": new Uint8Array([0xca, 0xfe]),
            "#998": new Uint8Array(60_000),
            IFLA_IFALIAS: "\n".repeat(250),
            IFLA_PROP_LIST: Array.from({ length: 3000 }, (_, at) => `name-${at}`),
          },
        }),
      ),
    );
    const lines = text.split("\n");
    strictEqual(lines.length, 6);
    ok(lines.every((line) => line.length < 250));
    match(text, /^ {2}#999 ca fe$/m);
    match(text, /^ {2}#998 (00 ){32}… 59968 bytes more$/m);
    match(text, /… 170 characters more$/m);
    match(text, /"name-7" … 2992 more\]$/m);
  });

  it("what is malformed is shown with the reason", () => {
    const text = describeMessage(message(kernel.RTM_NEWLINK, new Uint8Array([1, 2, 3])));
    match(text, /\n {2}malformed: Netlink message at byte 2: .*\n {2}01 02 03$/);
    match(describeMessage(message(kernel.NLMSG_ERROR, new Uint8Array())), /\(no bytes\)$/);
  });
});
