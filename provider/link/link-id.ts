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

/** `undefined` for what no link has as its id; it may have been typed by hand. */
export function parseLinkId(id: string): LinkPlace | undefined {
  const match = /^([^/]+)\/([^/]*)\/([^/]+)$/.exec(id);
  if (match === null) return undefined;
  const [, host = "", spelled = "", name = ""] = match;
  if (spelled === "") return { host, netns: undefined, name };
  const netns = parseNetns(spelled);
  return netns === undefined ? undefined : { host, netns, name };
}

export function spellNetns(netns: Netns | undefined): string {
  if (netns === undefined) return "";
  if (typeof netns === "string") return encodeURIComponent(netns);
  return "pid" in netns ? `pid:${netns.pid}` : `path:${encodeURIComponent(netns.path)}`;
}

function parseNetns(text: string): Netns | undefined {
  const pid = /^pid:(\d{1,7})$/.exec(text)?.[1];
  if (pid !== undefined) return { pid: Number(pid) };
  if (text.startsWith("pid:")) return undefined;
  try {
    return text.startsWith("path:")
      ? { path: decodeURIComponent(text.slice("path:".length)) }
      : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
