import { deepStrictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import { decodeNamespace, encodeNamespace } from "../../../provider/netlink/namespace-message";
import { attribute, u32Bytes } from "./attribute-bytes";

describe("encodeNamespace and decodeNamespace", () => {
  it("attributes follow the one-byte header at four", () => {
    const message = { family: 0, attributes: { NETNSA_FD: 5, NETNSA_NSID: -1 } };
    const bytes = [
      0,
      0,
      0,
      0,
      ...attribute(3, ...u32Bytes(5)),
      ...attribute(1, ...u32Bytes(2 ** 32 - 1)),
    ];
    deepStrictEqual([...encodeNamespace(message)], bytes);
    deepStrictEqual(decodeNamespace(new Uint8Array(bytes)), message);
  });

  it("cut short", () => {
    for (const length of [0, 1, 3, 6]) {
      throws(() => decodeNamespace(new Uint8Array(length)), { name: "MalformedMessage" });
    }
  });
});
