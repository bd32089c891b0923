/**
 * Links of this machine with the real CLI, beside as many resources of a dynamic provider that does nothing: what
 * is above that floor is ours, the floor is the engine's. The state of both is written to the same disk.
 */
import { hold, roundsOr, sizesOr } from "./contest";
import { hasCommandPlugin, NO_COMMAND_PLUGIN } from "./command-plugin";
import { inSandbox } from "./in-sandbox";
import { ip } from "./lower-device";
import { linkSet, type Program, pulumiContestant, single } from "./pulumi-contestant";
import { Report } from "./report";
import { ratioOf } from "./results";

const OURS = "pulumi-macvlan";
const NOTHING = "do nothing";
/** How many times the floor an `up` may take. */
const LIMIT = 1.15;
const JUDGED = 100;

const args = { lowerDevice: "lower", mode: "bridge" };

const COMMAND: Program = {
  name: "local.Command",
  text: (links) => `
    const { local } = require("@pulumi/command");
    for (let n = 0; n < ${links}; n++)
      new local.Command("link" + n, {
        create: "ip link add name link" + n + " link lower up type macvlan mode bridge",
        delete: "ip link delete dev link" + n,
      });
  `,
  makesLinks: true,
};

const links = (): number =>
  ip("-o", "link", "show", "type", "macvlan").match(/@lower:/g)?.length ?? 0;

inSandbox(async () => {
  const report = new Report("engine-floor");
  ip("link", "add", "lower", "up", "type", "veth", "peer", "name", "wire");
  const command = hasCommandPlugin();
  if (!command) report.note(NO_COMMAND_PLUGIN);
  const programs = [
    single(OURS, "pulumi-macvlan", args),
    linkSet("LinkSet", args),
    ...(command ? [COMMAND] : []),
    single(NOTHING, "do-nothing", args),
  ];
  const contestants = [];
  for (const program of programs) contestants.push(await pulumiContestant(program, { links }));
  const sizes = sizesOr(1, 100, 500);
  const tables = await hold({
    title: "Links of this machine, through the engine",
    ...{ of: "links", sizes, contestants },
    // The engine writes its whole state with each step: an `up` of 500 takes it many times as long.
    rounds: (size) => (size > JUDGED ? 1 : roundsOr(3)),
  });
  report.add(...tables);
  const up = tables.find(({ what }) => what === "up");
  if (up !== undefined && sizes.includes(JUDGED))
    report.judge(
      `up of ${JUDGED} single links: so many times as long as doing nothing`,
      ratioOf(up, OURS, NOTHING, JUDGED),
      "at most",
      LIMIT,
    );
  report.write();
});
