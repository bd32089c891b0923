/** The envelope of the agent's protocol: `u32 length | u32 request id | u8 type | payload`, big-endian. */

/** Most bytes after the length field; both sides refuse a longer frame before they make room for it. */
export const FRAME_CAP = 1 << 20;

const LENGTH_BYTES = 4;
const HEADER_BYTES = 5;

export interface Frame {
  /** What matches an answer with its request; 0 where the agent speaks unasked. */
  readonly requestId: number;
  readonly type: number;
  /** When parsed, it shares memory with the chunk that it came in. */
  readonly payload: Buffer;
}

/** The stream is not what the protocol allows; nothing after this point can be trusted. */
export class MalformedFrame extends Error {
  override readonly name = "MalformedFrame";
}

/** Throws `RangeError` when a payload is more than a frame can carry. */
export function assertFits(payload: Uint8Array): void {
  const length = HEADER_BYTES + payload.length;
  if (length > FRAME_CAP) {
    throw new RangeError(`A frame of ${length} bytes; the agent takes ${FRAME_CAP}. Ask in parts.`);
  }
}

export function encodeFrame(requestId: number, type: number, payload: Uint8Array): Buffer {
  assertFits(payload);
  const length = HEADER_BYTES + payload.length;
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(requestId, 4);
  frame.writeUInt8(type, 8);
  frame.set(payload, LENGTH_BYTES + HEADER_BYTES);
  return frame;
}

/** Takes a stream in whatever pieces it comes, gives whole frames. */
export class FrameParser {
  // Pieces are joined only when a frame is whole: joining at every piece would take quadratic time.
  #pieces: Buffer[] = [];
  #size = 0;
  #wanted = LENGTH_BYTES;

  /** The frames that this piece completes. Throws `MalformedFrame`. */
  push(piece: Buffer): Frame[] {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#wanted) return [];
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    const frames: Frame[] = [];
    let at = 0;
    this.#wanted = LENGTH_BYTES;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (length < HEADER_BYTES || length > FRAME_CAP) {
        throw new MalformedFrame(
          `a frame of ${length} bytes (${HEADER_BYTES} to ${FRAME_CAP} are allowed)`,
        );
      }
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.length) {
        this.#wanted = LENGTH_BYTES + length;
        break;
      }
      frames.push({
        requestId: bytes.readUInt32BE(at + 4),
        type: bytes.readUInt8(at + 8),
        payload: bytes.subarray(at + LENGTH_BYTES + HEADER_BYTES, end),
      });
      at = end;
    }
    this.#pieces = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#size = bytes.length - at;
    return frames;
  }
}
