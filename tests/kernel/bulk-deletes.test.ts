/** Deletions that meet, on a host where others are at work: of what is not ours nothing is ever changed. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import * as fc from "fast-check";
import type { LinkHost } from "../../provider/host/link-host";
import { openHost } from "../../provider/host/open-host";
import { joinAlias } from "../../provider/link/alias";
import type { IpLink } from "../support/ip-link";
import { useLab } from "../support/kernel-lab";
import { childrenOf, eventually, runs } from "../support/processes";

const RUNS = 60;
const KILLS = 40;

interface Drawn {
  readonly isOurs: boolean;
  readonly kind: "macvlan" | "macvtap" | "veth";
  readonly group: number;
  readonly isUp: boolean;
  /** Without one, ours is known by its MAC address. */
  readonly hasMark: boolean;
  readonly hasOtherName: boolean;
}

const drawn = (isOurs: fc.Arbitrary<boolean>): fc.Arbitrary<Drawn> =>
  fc
    .record({
      isOurs,
      kind: fc.constantFrom("macvlan", "macvtap", "veth"),
      group: fc.constantFrom(0, 0, 5, 77, 0x7fffffff),
      isUp: fc.boolean(),
      hasMark: fc.boolean(),
      hasOtherName: fc.boolean(),
    })
    .map((link) => (link.isOurs && link.kind === "veth" ? { ...link, kind: "macvlan" } : link));

/** In the order in which they are made, ours among the others. */
const links = fc
  .array(drawn(fc.boolean()), { minLength: 2, maxLength: 10 })
  .filter((all) => all.filter(({ isOurs }) => isOurs).length >= 2);

/** What takes the places and the ifindexes of some of ours, before the first or the second change of them all. */
const thefts = fc.record({
  before: fc.constantFrom(0, 1),
  thieves: fc.array(fc.record({ from: fc.nat(), by: drawn(fc.constant(false)) }), { maxLength: 3 }),
});

const mac = (n: number, from = 0): string =>
  `02:00:5e:${[from, n >> 8, n & 0xff].map((each) => each.toString(16).padStart(2, "0")).join(":")}`;

/** Lines for `ip -batch`. A mark is twelve letters, here with the number of the link in them. */
function additions(link: Drawn, name: string, address: string, ifindex?: number): string[] {
  const { kind, group, isUp, hasMark, hasOtherName } = link;
  const index = ifindex === undefined ? "" : `index ${ifindex}`;
  const mark = name.replace(/[^a-z2-7]/g, "").padEnd(12, "a");
  const what =
    kind === "veth"
      ? `add name ${name} address ${address} ${index} type veth`
      : `add link lower name ${name} address ${address} ${index} type ${kind} mode bridge`;
  return [
    `link ${what}`,
    `link set dev ${name} group ${group} ${isUp ? "up" : "down"}`,
    ...(hasMark ? [`link set dev ${name} alias "${joinAlias("a text", mark)}"`] : []),
    ...(hasOtherName ? [`link property add dev ${name} altname other-${name}`] : []),
  ];
}

/** Numbers as names that are legal in a mark. */
const nameOf = (prefix: string, n: number): string =>
  `${prefix}${String.fromCharCode(0x61 + (n % 26))}${String.fromCharCode(0x61 + Math.floor(n / 26))}`;

describe("Deletions that meet", () => {
  const lab = useLab();

  function batch(netns: string, lines: readonly string[]): void {
    execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
  }

  /** By ifindex; a lower device is promiscuous as long as there are links that want it. */
  const shown = (netns: string): ReadonlyMap<number, IpLink> =>
    new Map(
      (lab().everything()[netns] ?? []).map((link) => [link.ifindex, { ...link, promiscuity: 0 }]),
    );

  /** A namespace with the links in it; what is deleted together are all of ours. */
  async function scene(all: readonly Drawn[]) {
    const netns = lab().host();
    batch(
      netns,
      all.flatMap((link, n) => additions(link, nameOf("l", n), mac(n))),
    );
    const host = await openHost({}, lab().config);
    const namespace = await host.namespace(netns);
    const ours = new Set(all.flatMap(({ isOurs }, n) => (isOurs ? [nameOf("l", n)] : [])));
    const doomed = (await host.devices(namespace)).filter(({ settings }) =>
      ours.has(settings.name),
    );
    assert.equal(doomed.length, ours.size);
    const before = shown(netns);
    return {
      netns,
      host,
      before,
      doomed,
      deleteAll: () => Promise.allSettled(doomed.map((link) => host.delete(namespace, link))),
    };
  }

  /** Before each change that is sent to the agent, something happens; counted from 0. */
  function interpose(host: LinkHost, happens: (at: number) => void): () => number {
    const { session } = host;
    const change = session.change.bind(session);
    let at = -1;
    Object.assign(session, {
      change: (...args: Parameters<typeof change>) => {
        happens(++at);
        return change(...args);
      },
    });
    return () => {
      Object.assign(session, { change });
      return at + 1;
    };
  }

  it(`leave alone what is not ours, in whatever group, and whatever takes an ifindex meanwhile (${RUNS} times)`, async () => {
    await fc.assert(
      fc.asyncProperty(links, thefts, async (all, { before: when, thieves }) => {
        const { netns, host, before, doomed, deleteAll } = await scene(all);
        const expected = new Map(before);
        for (const { ifindex } of doomed) expected.delete(ifindex);
        const restore = interpose(host, (at) => {
          if (at !== when) return;
          for (const [n, { from, by }] of thieves.entries()) {
            const victim = doomed[from % doomed.length];
            // Each number is taken once.
            if (victim === undefined || expected.has(victim.ifindex)) continue;
            const { ifindex, settings } = victim;
            batch(netns, [
              `link delete dev ${settings.name}`,
              ...additions(by, nameOf("t", n), mac(n, 1), ifindex),
            ]);
            const now = shown(netns);
            for (const [index, link] of now) {
              const isNew = !before.has(index) || index === ifindex;
              if (isNew) expected.set(index, link);
            }
          }
        });
        const ends = await deleteAll();
        const changes = restore();
        assert.deepEqual(
          ends.filter(({ status }) => status === "rejected"),
          [],
        );
        assert.deepEqual(shown(netns), expected);
        if (expected.size === before.size - doomed.length) assert.equal(changes, 2);
        lab().deleteNamespace(netns);
      }),
      { numRuns: RUNS },
    );
  }).timeout(120_000);

  it(`leave each link whole or gone, and what is not ours alone, when the agent is killed or cut off (${KILLS} times)`, async () => {
    const end = fc.record({ kills: fc.boolean(), at: fc.constantFrom(0, 1), ms: fc.nat(30) });
    await fc.assert(
      fc.asyncProperty(links, end, async (all, { kills, at: when, ms }) => {
        const { netns, host, before, doomed, deleteAll } = await scene(all);
        const { session } = host;
        const { pid } = session.hello;
        let over: Promise<void> | undefined;
        let watchdogs: number[] = [];
        interpose(host, (at) => {
          if (at !== when) return;
          over = pause(ms).then(() => {
            watchdogs = childrenOf(pid);
            if (kills) process.kill(pid, "SIGKILL");
            else void session.close();
          });
        });
        await deleteAll();
        await over;
        await session.close();
        await eventually("agent and watchdog are gone", () => ![pid, ...watchdogs].some(runs));
        const ours = new Set(doomed.map(({ ifindex }) => ifindex));
        const now = shown(netns);
        for (const [ifindex, link] of before)
          if (!ours.has(ifindex) || now.has(ifindex)) assert.deepEqual(now.get(ifindex), link);
        for (const ifindex of now.keys()) assert.ok(before.has(ifindex));
        lab().deleteNamespace(netns);
      }),
      { numRuns: KILLS },
    );
  }).timeout(120_000);
});
