/**
 * Runs that are killed while they make links, at random moments, and what the next run makes of it:
 * `up` with what the program says by then, or `destroy`.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Interruption, interrupt, outliving } from "../support/interruptions";
import { type LinkProgram, useLinkProgram } from "../support/link-program";
import { seededRandom } from "../support/seeded-random";

const SLOW = join(__dirname, "../support/agent-wrappers/slow");
const TIMES: Readonly<Record<Interruption, number>> = {
  "the provider killed": 10,
  "the agent killed": 10,
  "the agent and its watchdog killed": 2,
  "the engine killed": 10,
  "Ctrl-C once": 10,
  "Ctrl-C twice": 10,
};
// In which links are made, as far as can be told beforehand.
const [QUICK_MS, SLOW_MS] = [350, 1500];
const NAMES = ["m0", "m1", "m2", "m3", "m4", "t0", "t1"];

interface Wish {
  readonly mode: string;
  readonly mtu: number;
}

const body = ({ mode, mtu }: Wish, slow: boolean): string => `
  const args = { ...host, mode: "${mode}", mtu: ${mtu},
    connection: ${slow ? JSON.stringify({ python: SLOW }) : "undefined"} };
  for (const name of ${JSON.stringify(NAMES)})
    new (name.startsWith("t") ? Macvtap : Macvlan)(name, args);
`;

const MARK = /^\[pulumi-macvlan:[a-z2-7]{12}\]$/;

describe("a run that is interrupted while it makes links", function () {
  this.timeout(900_000);
  const random = seededRandom();

  for (const [interruption, times] of Object.entries(TIMES) as [Interruption, number][]) {
    describe(`by ${interruption}`, () => {
      const story = useLinkProgram();

      it(`is made up for by the next, ${times} times`, async () => {
        const seen = { inTime: 0, partly: 0, unsaved: 0, outlived: 0 };
        for (let time = 0; time < times; time++) {
          const slow = time % 4 >= 2;
          const moment = Math.floor(random() * (slow ? SLOW_MS : QUICK_MS));
          const attempt = { interruption, time, slow, moment };
          const outcome = await once(story(), attempt).catch((cause: unknown) => {
            throw new Error(JSON.stringify(attempt), { cause });
          });
          seen.inTime += Number(outcome.inTime);
          seen.partly += Number(outcome.links > 0 && outcome.links < NAMES.length);
          seen.unsaved += outcome.unsaved;
          seen.outlived = Math.max(seen.outlived, outcome.outlived);
        }
        console.log(
          `        ${seen.inTime} in time, ${seen.partly} with some of the links made; links that no state knew: ${seen.unsaved}; the run outlived by ${seen.outlived.toFixed(1)} s at most`,
        );
        if (interruption === "Ctrl-C once") assert.equal(seen.unsaved, 0);
      });
    });
  }
});

interface Attempt {
  readonly interruption: Interruption;
  readonly time: number;
  readonly slow: boolean;
  /** Milliseconds after the agent appeared. */
  readonly moment: number;
}

interface Outcome {
  readonly inTime: boolean;
  readonly links: number;
  readonly unsaved: number;
  /** Seconds for which a process of ours outlived the run. */
  readonly outlived: number;
}

async function once(
  stack: LinkProgram,
  { interruption, time, slow, moment }: Attempt,
): Promise<Outcome> {
  const first: Wish = { mode: "bridge", mtu: 1400 };
  // Sometimes the program says something else by the next run.
  const next: Wish = {
    mode: time % 3 === 1 ? "private" : "bridge",
    mtu: time % 4 < 2 ? 1300 : 1400,
  };
  stack.write(body(first, slow));
  const run = stack.project.start("up", { timeoutSeconds: 60 });
  const inTime = await interrupt(run, interruption, moment);
  const { left, seconds: outlived } = await outliving(run);
  assert.deepEqual(left, [], "processes outlive the run");
  run.killAll();
  if (interruption === "the engine killed" && inTime) {
    stack.mendCheckpoint();
    await stack.project.unlock();
  }

  const links = stack.lab.macvlans(stack.netns);
  for (const link of links) {
    assert.ok(NAMES.includes(link.ifname));
    const isHalfMade = link.group !== "default";
    // Nobody was left to undo it.
    if (isHalfMade && interruption === "the agent and its watchdog killed") continue;
    assert.match(link.ifalias ?? "", MARK, `${link.ifname} carries no mark`);
    assert.deepEqual([link.group, link.mtu], ["default", first.mtu]);
    assert.ok(link.flags.includes("UP"));
  }
  const saved = stack.savedNames();
  for (const name of saved) assert.ok(stack.links().includes(name), `${name} is gone`);
  const unsaved = links.filter(({ ifname }) => !saved.includes(ifname));

  const quick = { env: { MACVLAN_TEST_PAUSE: "0", MACVLAN_TEST_PIECE: "65536" } };
  const repairs = time % 2 === 0;
  if (!repairs) {
    await stack.succeed("destroy", quick);
    assert.deepEqual(
      stack.lab.macvlans(stack.netns).map(({ ifindex }) => ifindex),
      unsaved.map(({ ifindex }) => ifindex),
    );
  }
  if (repairs || unsaved.length > 0) {
    await stack.up(body(next, slow), quick);
    assert.deepEqual(stack.links(), NAMES);
    assert.deepEqual(stack.savedNames().sort(), NAMES);
    for (const name of NAMES) {
      const { mtu, linkinfo } = stack.link(name);
      assert.deepEqual({ mtu, mode: linkinfo?.info_data?.mode }, next);
    }
    // Taken over, not made again.
    const whole = links.filter(({ group }) => group === "default");
    for (const { ifname, ifindex } of next.mode === first.mode ? whole : []) {
      if (repairs || unsaved.some((link) => link.ifname === ifname))
        assert.equal(stack.link(ifname).ifindex, ifindex, `${ifname} was made again`);
    }
  }
  stack.reset();
  return { inTime, links: links.length, unsaved: unsaved.length, outlived };
}
