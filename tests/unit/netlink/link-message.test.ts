import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import { AF_BRIDGE, AF_UNSPEC } from "../../../provider/netlink/constants";
import { decodeLink, encodeLink, type LinkMessage } from "../../../provider/netlink/link-message";
import { ascii, attribute, u16Bytes, u32Bytes } from "./attribute-bytes";

const header = [0, 0, ...u16Bytes(1), ...u32Bytes(7), ...u32Bytes(0x1043), ...u32Bytes(1)];

describe("encodeLink and decodeLink", () => {
  it("the header's fields are where ifinfomsg has them", () => {
    const link = { family: 0, type: 1, index: 7, flags: 0x1043, change: 1, attributes: {} };
    deepStrictEqual([...encodeLink(link)], header);
    deepStrictEqual(decodeLink(new Uint8Array(header)), link);
  });

  it("all bits of flags and change survive", () => {
    const link = { family: 0, type: 0xfffe, index: -1, flags: 2 ** 32 - 1, change: 2 ** 32 - 1 };
    deepStrictEqual(decodeLink(encodeLink({ ...link, attributes: {} })), {
      ...link,
      attributes: {},
    });
  });

  it("the data of a macvtap are a macvlan's, those of another kind bytes", () => {
    const data = attribute(2, ...attribute(1, ...u32Bytes(4)));
    const dataOf = (kind: string) => {
      const info = attribute(18, ...attribute(1, ...ascii(`${kind}\0`)), ...data);
      const { attributes } = decodeLink(new Uint8Array([...header, ...info]));
      return attributes.IFLA_LINKINFO?.IFLA_INFO_DATA;
    };
    deepStrictEqual(dataOf("macvlan"), { IFLA_MACVLAN_MODE: 4 });
    deepStrictEqual(dataOf("macvtap"), { IFLA_MACVLAN_MODE: 4 });
    ok(dataOf("ipvlan") instanceof Uint8Array);
  });

  it("a fault names the attribute from the top and counts from the start of the body", () => {
    const kind = attribute(1, ...ascii("macvlan\0"));
    const info = attribute(18, ...kind, ...attribute(2, ...attribute(1, 4)));
    throws(() => decodeLink(new Uint8Array([...header, ...info])), {
      message: "IFLA_LINKINFO.IFLA_INFO_DATA.IFLA_MACVLAN_MODE at byte 40: 4 bytes wanted, 1 found",
    });
    throws(() => decodeLink(new Uint8Array(15)), { name: "MalformedMessage", offset: 12 });
  });

  it("IFLA_AF_SPEC is AF_BRIDGE's own in its family", () => {
    // IFLA_BRIDGE_FLAGS is 0 and two bytes wide; 2 is IFLA_BRIDGE_VLAN_INFO there, AF_INET else.
    const spec = attribute(26, ...attribute(0, 1, 0), ...attribute(2, 0, 0, 1, 0));
    const body = new Uint8Array([AF_BRIDGE, ...header.slice(1), ...spec]);
    const link = decodeLink(body);
    deepStrictEqual(Object.keys(link.attributes), ["#26"]);
    deepStrictEqual([...encodeLink(link)], [...body]);
    throws(() => decodeLink(new Uint8Array([AF_UNSPEC, ...body.subarray(1)])), {
      attribute: "IFLA_AF_SPEC.AF_INET.IFLA_INET_CONF",
    });
  });

  it("a creation is the bytes the kernel's headers say", () => {
    const link: LinkMessage = {
      ...{ family: 0, type: 0, index: 0, flags: 1, change: 1 },
      attributes: {
        IFLA_LINK: 3,
        IFLA_LINKINFO: { IFLA_INFO_KIND: "macvlan", IFLA_INFO_DATA: { IFLA_MACVLAN_FLAGS: 2 } },
        IFLA_PROP_LIST: ["uplink"],
      },
    };
    const info = [
      ...attribute(1, ...ascii("macvlan\0")),
      ...attribute(2, ...attribute(2, ...u16Bytes(2))),
    ];
    deepStrictEqual(
      [...encodeLink(link).subarray(16)],
      [
        ...attribute(5, ...u32Bytes(3)),
        ...attribute(18, ...info),
        ...attribute(0x8034, ...attribute(53, ...ascii("uplink\0"))),
      ],
    );
    strictEqual(encodeLink(link)[8], 1);
  });
});
