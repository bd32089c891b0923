/** Two ways to send and receive Ethernet frames: a link's packet socket, and a tap device. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { PYTHON } from "./python";

/** Of IEEE's "local experimental" type, so that nothing else on the wire is taken for it. */
export function experimentalFrame(to: string, from: string, text: string): Buffer {
  const address = (mac: string): Buffer => Buffer.from(mac.replaceAll(":", ""), "hex");
  const payload = Buffer.alloc(50);
  payload.write(text);
  return Buffer.concat([address(to), address(from), Buffer.from("88b5", "hex"), payload]);
}

/** What such a frame says. */
export const textOf = (frame: Buffer): string =>
  frame.subarray(14).toString("latin1").replaceAll("\0", "").trim();

const isExperimental = (frame: Buffer): boolean => frame.readUInt16BE(12) === 0x88b5;

export interface FramePort {
  send(frame: Buffer): Promise<void>;
  /** The next experimental frame that comes in. */
  receive(): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openPacketPort(netns: string, link: string): Promise<FramePort> {
  const args = ["-I", join(__dirname, "packet-port.py"), netns, link];
  const child: ChildProcess = spawn(PYTHON, args, { stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("No pipe from the packet port");
  // Node types what it yields as any.
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]() as AsyncIterator<
    string,
    undefined
  >;
  if ((await lines.next()).value !== "ready") throw new Error(`No packet port on ${link}`);
  return {
    async send(frame) {
      child.stdin?.write(`${frame.toString("hex")}\n`);
    },
    async receive() {
      for (;;) {
        const next = await lines.next();
        if (next.done === true) throw new Error("The packet port closed");
        const frame = Buffer.from(next.value, "hex");
        if (isExperimental(frame)) return frame;
      }
    },
    async close() {
      child.kill("SIGKILL");
    },
  };
}

/** struct virtio_net_hdr, before each frame in both directions. */
const VNET_HEADER = 10;

export async function openTapPort(path: string): Promise<FramePort> {
  const file: FileHandle = await open(path, constants.O_RDWR | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(65536);
  return {
    async send(frame) {
      await file.write(Buffer.concat([Buffer.alloc(VNET_HEADER), frame]));
    },
    async receive() {
      for (;;) {
        try {
          const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
          const frame = Buffer.from(buffer.subarray(VNET_HEADER, bytesRead));
          if (isExperimental(frame)) return frame;
        } catch (error) {
          if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
          await pause(2);
        }
      }
    },
    close: () => file.close(),
  };
}
