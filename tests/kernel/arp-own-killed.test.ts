/** What the lower device has when something is killed while links share its ARP settings. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { openHost } from "../../provider/host/open-host";
import { setSysctl, sysctlShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { childrenOf, eventually, runs } from "../support/processes";
import { makeOverAndOver } from "./interruptions";

const ROUNDS = 20;
const MOST = 120;
const FORMER = { "ipv4.arp_announce": 1, "ipv4.arp_ignore": 2, "ipv4.rp_filter": 0 };
const OWN = [2, 1, 2];

describe('An agent that is killed while arp is made "own"', function () {
  this.timeout(180_000);
  const lab = useLab();

  // Of the one that is interrupted so many that most of its time is after the lower device changed.
  const addressesOf = (n: number): string[] =>
    Array.from({ length: n === 1 ? MOST : 1 }, (_, at) => `10.0.${n}.${at + 1}/16`);
  const linkOn = (netns: string, n: number): LinkResource =>
    new LinkResource(lab(), {
      ...{ lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: `m${n}` },
      ...{ addresses: addressesOf(n), arp: "own" },
    });
  const lowerValues = (netns: string): number[] =>
    Object.keys(FORMER).map((name) => sysctlShown(netns, "lower", name));
  const hasRules = (netns: string, n: number): boolean =>
    lab().ip(netns, "rule", "show").includes(`from 10.0.${n}.`);

  for (const [title, hasOther] of [
    ["the only one: the lower device has what it had before", false],
    ["beside another: the lower device has what that one needs, and then what it had", true],
  ] as const) {
    it(`at ${ROUNDS} random moments, ${title}`, async () => {
      const netns = lab().host();
      for (const [name, value] of Object.entries(FORMER)) setSysctl(netns, "lower", name, value);
      const before = lowerValues(netns);
      const link = linkOn(netns, 1);
      const inputs = link.unchecked();
      for (let round = 0; round < ROUNDS; round++) {
        const other = linkOn(netns, 2 + round);
        if (hasOther) await other.createUnchecked();
        await link.createFrom(inputs);
        await link.delete();
        const { pid } = (await openHost({}, lab().config)).session.hello;
        const watchdogs = childrenOf(pid);
        assert.equal(watchdogs.length, 1);
        const over = assert.rejects(makeOverAndOver(inputs, lab().config), /was killed by SIGKILL/);
        await pause(randomInt(0, 150));
        process.kill(pid, "SIGKILL");
        await over;
        await eventually("the watchdog has done its work", () => !watchdogs.some(runs));

        // Without its rules it is about to be deleted.
        const isThere = lab().link(netns, "m1") !== undefined;
        const isWhole = isThere && hasRules(netns, 1);
        assert.deepEqual(lowerValues(netns), isWhole || hasOther ? OWN : before);
        if (!isThere) assert.equal(hasRules(netns, 1), false);

        // The next run makes it right, whatever it finds.
        await link.createFrom(inputs);
        assert.deepEqual(lowerValues(netns), OWN);
        await link.delete();
        assert.deepEqual(lowerValues(netns), hasOther ? OWN : before);
        if (hasOther) await other.delete();
        assert.deepEqual(lowerValues(netns), before);
      }
    });
  }
});
