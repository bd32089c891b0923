/** What passthru is for: what a guest may do with its link, mode by mode, each link alone on its lower device. */
import { KINDS, type Mode } from "../../provider/link/model";
import type { KernelLab } from "../../tests/support/kernel-lab";
import { probe } from "./measure";
import type { Station } from "./stations";
import { buildTopology, type Placed } from "./topology";

/** What is asked of each mode, and whether it is so. */
export type Freedom = Readonly<Record<string, ReadonlyMap<Mode, boolean>>>;

export const FREE_MODES = [
  "vepa",
  "bridge",
  "private",
  "passthru",
] as const satisfies readonly Mode[];
const ALL = KINDS.flatMap((kind) => FREE_MODES.map((mode) => ({ kind, mode })));

/** The address of a bridge, a container or another virtual machine behind the guest. */
const secondOf = (n: number): string => `02:00:5e:20:00:0${n}`;
/** Groups that nobody joins. A link's filter is a hash of few bits, which lets one or another of them in by chance. */
const groups = Array.from({ length: 8 }, (_, n) => `33:33:00:00:12:3${n}`);
const newMacOf = (n: number): string => `02:00:5e:30:00:0${n}`;

const OUTSIDE = "02:00:5e:10:00:00";

const STATIONS: readonly Station[] = [
  { name: "outside", what: "outside", at: "outside", mac: OUTSIDE },
  ...ALL.flatMap(({ kind, mode }, n): Station[] => {
    const card = `card${n}`;
    const lower = `02:00:5e:10:01:0${n}`;
    const mac = mode === "passthru" ? lower : `02:00:5e:10:00:1${n}`;
    const marker = "broadcasts" as const;
    return [
      { name: card, what: "lower device", at: "host", card, mac: lower },
      { name: `${kind}, ${mode}`, what: "link", at: "guest", card, kind, mode, mac, marker },
    ];
  }),
];

export async function measureFreedom(lab: KernelLab): Promise<Freedom> {
  const { stations } = await buildTopology(lab, STATIONS);
  const links = stations.filter(({ what }) => what === "link");
  const found: Record<string, Map<Mode, boolean>> = {};
  const set = (...words: string[]): void => {
    for (const { netns, link } of links) lab.ip(netns, "link", "set", "dev", link, ...words);
  };
  const lowerOf = ({ card = "" }: Station): Placed =>
    stations.find(({ name }) => name === card) ?? fail(`no ${card}`);
  const lowerAs = (station: Station) => {
    const { netns, link } = lowerOf(station);
    return lab.link(netns, link) ?? fail(`no ${link}`);
  };
  const note = (what: string, each: (link: Placed, at: number) => boolean): void => {
    const answers = new Map<Mode, boolean>();
    links.forEach((link, at) => {
      const { mode = "vepa", name } = link;
      const answer = each(link, at);
      if ((answers.get(mode) ?? answer) !== answer) fail(`${name} differs in "${what}"`);
      answers.set(mode, answer);
    });
    found[what] = answers;
  };
  /** That all of those frames come in. */
  const comeIn = async (what: string, to: (at: number) => readonly string[]): Promise<void> => {
    const sent = links.flatMap(({ name }, at) => to(at).map((mac) => ({ name, mac })));
    const heard = await probe(
      stations,
      sent.map(({ mac }) => ({ from: "outside", to: mac })),
    );
    const lost = new Set(
      sent.filter(({ name }, nth) => heard[nth]?.includes(name) !== true).map(({ name }) => name),
    );
    note(what, ({ name }) => !lost.has(name));
  };

  const out = await probe(
    stations,
    links.map(({ name }, at) => ({ from: name, to: OUTSIDE, as: secondOf(at) })),
  );
  note("frames from a second MAC address go out", (_, at) => out[at]?.includes("outside") === true);
  await comeIn("frames to a second MAC address come in", (at) => [secondOf(at)]);
  await comeIn("frames to multicast groups that it did not join come in", () => groups);
  set("allmulticast", "on");
  await comeIn("all multicast: frames to those groups come in", () => groups);
  set("allmulticast", "off");
  set("promisc", "on");
  await comeIn("promiscuous: frames to those groups come in", () => groups);
  await comeIn("promiscuous: frames to a second MAC address come in", (at) => [secondOf(at)]);
  set("promisc", "off");
  for (const [at, { netns, link }] of links.entries())
    lab.ip(netns, "link", "set", "dev", link, "address", newMacOf(at));
  await comeIn("another MAC address set on the link: frames to it come in", (at) => [newMacOf(at)]);
  note(
    "that changes the lower device's MAC address too",
    (link, at) => lowerAs(link).address === newMacOf(at),
  );
  return found;
}

const fail = (why: string): never => {
  throw new Error(why);
};
