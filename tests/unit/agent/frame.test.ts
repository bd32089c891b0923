import assert from "node:assert/strict";
import { encodeFrame, FRAME_CAP, FrameParser, MalformedFrame } from "../../../provider/agent/frame";
import {
  decodeEnd,
  decodeHello,
  decodeSettled,
  decodeUndone,
  encodeChange,
} from "../../../provider/agent/protocol";

const stream = Buffer.concat([
  encodeFrame(1, 66, Buffer.from("one")),
  encodeFrame(0xffffffff, 67, Buffer.alloc(0)),
  encodeFrame(3, 68, Buffer.alloc(70_000, 7)),
]);

describe("frames", () => {
  it("have a length, an id and a type before the payload", () => {
    assert.equal(
      encodeFrame(0x01020304, 5, Buffer.of(9)).toString("hex"),
      "000000060102030405" + "09",
    );
  });

  for (const size of [1, 3, 8, 4096, stream.length]) {
    it(`are found in pieces of ${size} bytes`, () => {
      const parser = new FrameParser();
      const frames = [];
      for (let at = 0; at < stream.length; at += size)
        frames.push(...parser.push(stream.subarray(at, at + size)));
      assert.deepEqual(
        frames.map(({ requestId, type, payload }) => [requestId, type, payload.length]),
        [
          [1, 66, 3],
          [0xffffffff, 67, 0],
          [3, 68, 70_000],
        ],
      );
    });
  }

  it("are refused by their length alone", () => {
    for (const length of [0, 4, FRAME_CAP + 1]) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(length);
      assert.throws(() => new FrameParser().push(head), MalformedFrame);
    }
  });

  it("that are too long are not made", () => {
    assert.throws(() => encodeFrame(1, 2, Buffer.alloc(FRAME_CAP)), /Ask in parts/);
  });
});

describe("payloads", () => {
  it("of a change hold each step's inverses behind it", () => {
    const change = encodeChange({
      undoId: 1,
      deadlineMs: 10_000,
      steps: [
        {
          handle: 2,
          message: Buffer.from("aa", "hex"),
          inverses: [{ handle: 3, message: Buffer.from("bbbb", "hex") }],
        },
        { handle: 4, message: Buffer.from("cc", "hex"), inverses: [] },
      ],
    });
    assert.equal(
      change.toString("hex"),
      [
        "00000001",
        "00002710",
        "0002",
        "00000002" + "00000001" + "aa",
        "0001",
        "00000003" + "00000002" + "bbbb",
        "00000004" + "00000001" + "cc",
        "0000",
      ].join(""),
    );
  });

  it("of the agent are read exactly", () => {
    const end = decodeEnd(Buffer.from("0000001100000002" + "01" + "00000000" + "00000013", "hex"));
    assert.deepEqual([end.errno, end.done], [17, 2]);
    assert.deepEqual(decodeSettled(end.payload), { settlement: "undone", errnos: [0, 19] });
    assert.deepEqual(decodeUndone(Buffer.from("00000007" + "01" + "00000010", "hex")), {
      undoId: 7,
      reason: "deadline",
      errnos: [16],
    });
  });

  it("that are cut short are malformed", () => {
    assert.throws(() => decodeEnd(Buffer.alloc(7)), MalformedFrame);
    assert.throws(() => decodeUndone(Buffer.alloc(4)), MalformedFrame);
    assert.throws(() => decodeUndone(Buffer.alloc(7)), MalformedFrame);
    assert.throws(() => decodeHello(Buffer.from("{")), MalformedFrame);
  });
});
