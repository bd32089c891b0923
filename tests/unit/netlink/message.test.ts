import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import {
  decodeMessages,
  encodeMessage,
  type NetlinkMessage,
} from "../../../provider/netlink/message";

function message(sequence: number, ...body: number[]): NetlinkMessage {
  return { type: 16, flags: 5, sequence, portId: 42, body: new Uint8Array(body) };
}

describe("encodeMessage and decodeMessages", () => {
  it("several messages in one datagram, padded between them", () => {
    const messages = [message(1, 1, 2, 3, 4, 5), message(2), message(2 ** 32 - 1, 9)];
    const datagram = Buffer.concat(messages.map(encodeMessage));
    strictEqual(datagram.length, 24 + 16 + 20);
    deepStrictEqual(decodeMessages(datagram), messages);
  });

  it("the last message may lack its padding", () => {
    const datagram = encodeMessage(message(1, 1, 2, 3, 4, 5)).subarray(0, 21);
    deepStrictEqual(decodeMessages(datagram), [message(1, 1, 2, 3, 4, 5)]);
  });

  it("an empty datagram has no messages", () => {
    deepStrictEqual(decodeMessages(new Uint8Array()), []);
  });

  it("a datagram that was cut anywhere within a message is malformed", () => {
    const first = encodeMessage(message(1, 1, 2, 3, 4));
    const datagram = Buffer.concat([first, encodeMessage(message(2, 5, 6, 7, 8))]);
    for (let length = first.length + 1; length < datagram.length; length++) {
      throws(() => decodeMessages(datagram.subarray(0, length)), {
        name: "MalformedMessage",
        offset: first.length,
        attribute: "",
      });
    }
  });

  it("a length less than the header is malformed, not an endless loop", () => {
    for (const length of [0, 1, 15]) {
      const datagram = encodeMessage(message(1));
      datagram[0] = length;
      throws(() => decodeMessages(datagram), { name: "MalformedMessage", offset: 0 });
    }
  });
});
