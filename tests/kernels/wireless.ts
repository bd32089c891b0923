/**
 * The notes' wireless card: two of the kernel's own simulated radios, one an access point (hostapd),
 * the other a station with links of ours on it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Kind } from "../../provider/link/model";
import { PYTHON } from "../support/python";
import { LinkResource } from "../support/link-resource";
import { judge, NotThere, type Site, type Verdict } from "./site";

const PROGRAM = join(__dirname, "frames-both-ways.py");
const CHANNEL_1 = "2412";
/** Four addresses in each frame: the access point then knows who is behind a station. */
const HOSTAPD = ["interface=wlan0", "driver=nl80211", "ssid=test", "hw_mode=g", "channel=1"];
const WITH_WDS = ["bridge=br0", "wds_sta=1"];

/** Its frames, by what they are to everybody or to one. */
const WAYS = {
  "in to all": "hears what the access point says to all",
  "in to one": "hears what the access point says to it",
  "out to all": "is heard by the access point, to all",
  "out to one": "is heard by the access point, to it",
} as const;
type Way = keyof typeof WAYS;

export async function wireless(site: Site): Promise<Readonly<Record<string, Verdict>>> {
  const verdicts: Record<string, Verdict> = {};
  const note = async (title: string, look: () => Promise<ReadonlySet<string>>): Promise<void> => {
    let passed: ReadonlySet<string> = new Set();
    const verdict = await judge(async () => void (passed = await look()));
    for (const way of Object.keys(WAYS) as Way[]) {
      const said = verdict === "yes" && !passed.has(way) ? "no: it is dropped" : verdict;
      verdicts[`${title} ${WAYS[way]}`] = said;
    }
  };
  const there = site.connection === undefined ? undefined : air(site);
  const on = (kind: Kind, mode: string) => async (): Promise<ReadonlySet<string>> => {
    if (there === undefined) throw new NotThere();
    return there.passing(kind, mode);
  };
  // Its access point goes with the machine.
  await note("a macvlan", on("macvlan", "bridge"));
  await note("a macvtap's guest", on("macvtap", "vepa"));
  await note("a passthru macvlan", on("macvlan", "passthru"));
  there?.useFourAddresses();
  await note("a macvlan on a station with four addresses (WDS)", on("macvlan", "bridge"));
  return verdicts;
}

interface Air {
  /** The frames that pass between a link of ours on the station's card and the access point. */
  passing(kind: Kind, mode: string): Promise<ReadonlySet<string>>;
  useFourAddresses(): void;
}

function air({ lab, connection }: Site): Air {
  const [ap, station] = [lab.namespace(), lab.namespace()];
  const at = (netns: string, ...words: string[]): string =>
    lab.run("ip", ["netns", "exec", netns, ...words]);
  const ownPhy = (name: string): string =>
    lab.run("cat", [`/sys/class/net/${name}/phy80211/name`]).trim();
  for (const [card, netns] of [
    ["wlan0", ap],
    ["wlan1", station],
  ] as const)
    lab.run("iw", ["phy", ownPhy(card), "set", "netns", "name", netns]);
  lab.ip(ap, "link", "add", "name", "br0", "type", "bridge");
  const settings = [...HOSTAPD, ...WITH_WDS].join("\n");
  lab.run("sh", ["-c", 'printf "%s\\n" "$1" >/run/hostapd.conf', "sh", settings]);
  at(ap, "hostapd", "-B", "/run/hostapd.conf");
  lab.ip(ap, "link", "set", "dev", "br0", "up");
  lab.ip(station, "link", "set", "dev", "wlan1", "up");
  const associate = (): void =>
    void at(station, "iw", "dev", "wlan1", "connect", "-w", "test", CHANNEL_1);
  associate();
  return {
    async passing(kind, mode) {
      const where = { lowerDevice: "wlan1", lowerNetns: station };
      const args = { ...where, kind, mode, name: "link0", connection };
      const link = new LinkResource(lab, args, station);
      const { tapDevice } = await link.create();
      const ours = [station, "link0", ...(tapDevice === undefined ? [] : [tapDevice])];
      const passed = lab.run(PYTHON, ["-I", PROGRAM, ...ours, "--", ap, "br0"]);
      await link.delete();
      assert.deepEqual(lab.macvlans(station), []);
      return new Set(passed.trim().split("\n"));
    },
    useFourAddresses() {
      at(station, "iw", "dev", "wlan1", "disconnect");
      at(station, "iw", "dev", "wlan1", "set", "4addr", "on");
      associate();
    },
  };
}
