import type { Netns } from "./model";

/** What a resource id says: enough to read the link without any state. */
export interface LinkPlace {
  readonly host: string;
  readonly netns: Netns | undefined;
  readonly name: string;
}

/** `<host>/<namespace>/<name>`; the namespace is empty for the host's own, `pid:…` or `path:…`. */
export function linkId({ host, netns, name }: LinkPlace): string {
  return [host, spellNetns(netns), name].join("/");
}

export function parseLinkId(id: string): LinkPlace | undefined {
  const match = /^([^/]+)\/([^/]*)\/([^/]+)$/.exec(id);
  if (match === null) return undefined;
  const [, host = "", netns = "", name = ""] = match;
  return { host, netns: parseNetns(netns), name };
}

export function spellNetns(netns: Netns | undefined): string {
  if (netns === undefined) return "";
  if (typeof netns === "string") return encodeURIComponent(netns);
  return "pid" in netns ? `pid:${netns.pid}` : `path:${encodeURIComponent(netns.path)}`;
}

function parseNetns(text: string): Netns | undefined {
  if (text === "") return undefined;
  if (text.startsWith("pid:")) return { pid: Number(text.slice(4)) };
  return text.startsWith("path:")
    ? { path: decodeURIComponent(text.slice(5)) }
    : decodeURIComponent(text);
}
