/** Which lines of the files apply to a host: `Host`, `Match` and `Include` of ssh_config(5). */
import { isIPv6, SocketAddress } from "node:net";
import { dirname, join } from "node:path";
import { type ConfigLine, faultIn, linesOf } from "./config-lines";
import { filesLike, fitsOneOf } from "./config-patterns";
import { expand, withHome } from "./config-tokens";
import { wordOf } from "./config-values";

/** For whom the files are read. */
export interface Reader {
  readonly alias: string;
  /** The one that a program gives: it comes before those in files. */
  readonly user: string | undefined;
  readonly localUser: string;
  readonly home: string;
}

/** One reading of all files. */
interface Pass {
  /** For a host of this name. */
  readonly name: string;
  readonly final: boolean;
  /** False within a block that does not apply: OpenSSH reads what is included there all the same. */
  readonly live: boolean;
}

// OpenSSH's own READCONF_MAX_DEPTH.
const DEEPEST_INCLUDE = 16;
const SYSTEM_FOLDER = "/etc/ssh";

// Names of the past, and the two of which the first that is set turns the other off.
const SAME_AS: Readonly<Record<string, string>> = {
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  smartcarddevice: "pkcs11provider",
  dsaauthentication: "pubkeyauthentication",
  identityfile2: "identityfile",
  proxyjump: "proxy",
  proxycommand: "proxy",
};

/** The lines that apply to one host. What a keyword is for, and whether we know it, is not asked. */
export class Settings {
  /** HostName with its tokens expanded, else the alias; an address in its usual form. */
  readonly hostName: string;
  readonly identityFiles: ConfigLine[] = [];
  /** Conditions and files of which we cannot tell what they come to; nothing of them is applied. */
  readonly untold = new Set<string>();
  readonly #first = new Map<string, ConfigLine>();
  #wantsFinalPass = false;

  constructor(
    private readonly reader: Reader,
    files: readonly string[],
  ) {
    for (const file of files) this.#read(file, { name: reader.alias, final: false, live: true });
    this.hostName = usualForm(this.#hostNameSoFar());
    if (!this.#wantsFinalPass) return;
    // All once more for "Match final", and as if the host had been asked for by its real name.
    for (const file of files) this.#read(file, { name: this.hostName, final: true, live: true });
  }

  /** The line that sets a keyword (in lower case): the first one does. */
  get(keyword: string): ConfigLine | undefined {
    return this.#first.get(keyword);
  }

  get user(): string | undefined {
    const line = this.get("user");
    return this.reader.user ?? (line === undefined ? undefined : wordOf(line));
  }

  #read(file: string, pass: Pass, from?: string, depth = 0): void {
    const isSystems = dirname(file) === SYSTEM_FOLDER;
    const folder = from ?? (isSystems ? SYSTEM_FOLDER : join(this.reader.home, ".ssh"));
    let { live } = pass;
    for (const line of linesOf(file)) {
      const keyword = line.keyword.toLowerCase();
      if (keyword === "host") live = pass.live && fitsOneOf(pass.name, line.words);
      else if (keyword === "match") live = this.#matches(line, pass);
      else if (keyword === "include") this.#include(line, { ...pass, live }, folder, depth + 1);
      else if (live) this.#set(SAME_AS[keyword] ?? keyword, line);
    }
  }

  #include(line: ConfigLine, pass: Pass, folder: string, depth: number): void {
    if (depth > DEEPEST_INCLUDE) throw faultIn(line, `is nested more than ${DEEPEST_INCLUDE} deep`);
    for (const word of line.words) {
      // Only newer releases of OpenSSH have them here, and they depend on what is set so far.
      if (pass.live && /%|\$\{/.test(word)) this.untold.add("Include");
      const path = withHome(word, this.reader.home, line);
      const files = filesLike(path.startsWith("/") ? path : join(folder, path));
      for (const file of files) this.#read(file, pass, folder, depth);
    }
  }

  #set(keyword: string, line: ConfigLine): void {
    if (keyword === "identityfile") {
      const isThere = this.identityFiles.some(({ words }) => words[0] === line.words[0]);
      if (!isThere) this.identityFiles.push(line);
    } else if (!this.#first.has(keyword) && !leavesOpen(keyword, line)) {
      this.#first.set(keyword, line);
    }
  }

  /** Whether all criteria hold. One that we do not judge makes it no, and is named if it decided. */
  #matches(line: ConfigLine, pass: Pass): boolean {
    const words = [...line.words];
    if (words.length === 0) throw faultIn(line, "has no criterion");
    const unjudged: string[] = [];
    let holds = pass.live;
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      const [, not, name = "", given] = /^(!?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const criterion = name.toLowerCase();
      const value = WITHOUT_VALUE.has(criterion) ? "" : (given ?? words.shift());
      if (value === undefined) throw faultIn(line, `has nothing behind "${name}"`);
      const result = this.#judge(criterion, value, pass);
      if (result === undefined) unjudged.push(criterion);
      else if (result === (not === "!")) holds = false;
      if (criterion === "final" && not === "") this.#wantsFinalPass = true;
    }
    if (holds) for (const criterion of unjudged) this.untold.add(`Match ${criterion}`);
    return holds && unjudged.length === 0;
  }

  #judge(criterion: string, value: string, pass: Pass): boolean | undefined {
    const { alias, localUser } = this.reader;
    const fitsUser = (name: string): boolean => fitsOneOf(name, value.split(","));
    const fitsHost = (name: string): boolean =>
      fitsOneOf(lowerCase(name), lowerCase(value).split(","));
    switch (criterion) {
      case "all":
        return true;
      case "final":
      case "canonical":
        return pass.final;
      case "host":
        return fitsHost(pass.final ? pass.name : this.#hostNameSoFar());
      case "originalhost":
        return fitsHost(alias);
      case "user":
        return fitsUser(this.user ?? localUser);
      case "localuser":
        return fitsUser(localUser);
      // `exec` runs a program, which reading a file must not; of the others ("localnetwork",
      // "tagged", …) each OpenSSH has its own.
      default:
        return undefined;
    }
  }

  #hostNameSoFar(): string {
    const line = this.get("hostname");
    if (line === undefined) return this.reader.alias;
    return expand(wordOf(line), { h: this.reader.alias }, line);
  }
}

const WITHOUT_VALUE = new Set(["all", "final", "canonical"]);

/** OpenSSH's "none" of these two is its "not set": a later line may still set them. */
function leavesOpen(keyword: string, { words }: ConfigLine): boolean {
  return /^(connecttimeout|serveraliveinterval)$/.test(keyword) && words[0] === "none";
}

/** In which known_hosts has names and addresses. What has a scope ("%eth0") stays as it is. */
function usualForm(host: string): string {
  if (host.includes("%")) return host;
  return isIPv6(host)
    ? new SocketAddress({ address: host, family: "ipv6" }).address
    : lowerCase(host);
}

/** As OpenSSH does it: ASCII alone. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
