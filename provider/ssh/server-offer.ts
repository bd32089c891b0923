/** The first packet of a server, which is in the clear: RFC 4253, 4.2 and 7.1. ssh2 shows nothing of it. */
import type { Duplex } from "node:stream";
import type { Offer } from "./beyond-ssh2";

const MOST_BYTES = 64 * 1024;
const KEXINIT = 20;
const COOKIE_BYTES = 16;

/** Listens beside the client that the stream belongs to, until the packet is there. */
export function listenForOffer(stream: Duplex): () => Offer | undefined {
  let heard: Buffer = Buffer.alloc(0);
  let offer: Offer | undefined;
  const listen = (bytes: Buffer): void => {
    heard = Buffer.concat([heard, bytes]);
    offer = offerIn(heard);
    if (offer === undefined && heard.length < MOST_BYTES) return;
    stream.off("data", listen);
    heard = Buffer.alloc(0);
  };
  stream.on("data", listen);
  return () => offer;
}

/** Undefined while something is missing, and for what is no such packet. */
export function offerIn(bytes: Buffer): Offer | undefined {
  const text = bytes.toString("latin1");
  // Other lines may come before the version's.
  const version = /^SSH-[^\n]*\n/m.exec(text);
  if (version === null) return undefined;
  const packet = bytes.subarray(version.index + version[0].length);
  if (packet.length < 6 || packet.length < 4 + packet.readUInt32BE(0)) return undefined;
  if (packet[5] !== KEXINIT) return undefined;
  const lists: string[][] = [];
  for (let at = 6 + COOKIE_BYTES; lists.length < 2;) {
    if (at + 4 > packet.length) return undefined;
    const end = at + 4 + packet.readUInt32BE(at);
    lists.push(
      packet
        .toString("latin1", at + 4, end)
        .split(",")
        .filter(Boolean),
    );
    at = end;
  }
  const [keyExchanges = [], hostKeys = []] = lists;
  return { keyExchanges, hostKeys };
}
