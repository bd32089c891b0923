import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { describe, it } from "mocha";
import { type AckBody, decodeAck, encodeAckBody, isAck } from "../../../provider/netlink/ack";
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
  RTM_NEWLINK,
  RTM_NEWNSID,
} from "../../../provider/netlink/constants";
import { Errno } from "../../../provider/netlink/errno";
import type { NetlinkMessage } from "../../../provider/netlink/message";

const request = { length: 21, type: RTM_NEWNSID, flags: 5, sequence: 7, portId: 0 };

function ack(body: AckBody, flags = 0, type: number = NLMSG_ERROR): NetlinkMessage {
  return { type, flags, sequence: 7, portId: 1, body: encodeAckBody(body) };
}

describe("decodeAck", () => {
  it("a missing attribute, named by number and nest, behind a request of odd length", () => {
    const attributes = {
      NLMSGERR_ATTR_MSG: "nsid is missing",
      NLMSGERR_ATTR_MISS_TYPE: 1,
      NLMSGERR_ATTR_MISS_NEST: 20,
    };
    const requestBody = new Uint8Array(5);
    const body = { error: -Errno.EINVAL, request, requestBody, attributes };
    deepStrictEqual(decodeAck(ack(body, NLM_F_ACK_TLVS)), {
      sequence: 7,
      errno: Errno.EINVAL,
      text: "nsid is missing",
      missingType: 1,
      missingNest: 20,
      requestType: RTM_NEWNSID,
    });
  });

  it("a success can carry a warning", () => {
    const body = { error: 0, request, attributes: { NLMSGERR_ATTR_MSG: "mind the gap" } };
    const { errno, text } = decodeAck(ack(body, NLM_F_CAPPED | NLM_F_ACK_TLVS));
    deepStrictEqual({ errno, text }, { errno: 0, text: "mind the gap" });
  });

  it("attributes that the flags do not announce are not read", () => {
    const body = { error: 0, request, attributes: { NLMSGERR_ATTR_MSG: "not announced" } };
    strictEqual(decodeAck(ack(body, NLM_F_CAPPED)).text, undefined);
  });

  it("the end of a dump: an error within counts, a positive number is success", () => {
    const done = (error: number) => decodeAck(ack({ error, attributes: {} }, 2, NLMSG_DONE));
    deepStrictEqual(done(-Errno.EBUSY), { sequence: 7, errno: Errno.EBUSY });
    deepStrictEqual(done(1), { sequence: 7, errno: 0 });
  });

  it("cut short", () => {
    const whole = ack({ error: -1, request, requestBody: new Uint8Array(5), attributes: {} });
    for (let length = 0; length < 25; length++) {
      throws(() => decodeAck({ ...whole, body: whole.body.subarray(0, length) }), {
        name: "MalformedMessage",
      });
    }
    const short = { ...request, length: 15 };
    throws(() => decodeAck(ack({ error: -1, request: short, attributes: {} })), /length of 15/);
  });

  it("other messages are no acks", () => {
    strictEqual(
      isAck({ type: RTM_NEWLINK, flags: 0, sequence: 1, portId: 0, body: new Uint8Array() }),
      false,
    );
    strictEqual(isAck(ack({ error: 0, request, attributes: {} })), true);
  });
});
