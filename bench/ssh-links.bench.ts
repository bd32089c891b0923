/**
 * Links on one host over SSH with the real CLI, beside what people do today, a dynamic provider that runs
 * `ssh HOST ip link …` for each, and beside as many resources that do nothing at all.
 */
import { Fleet } from "../tests/support/fleet";
import { connectionTo } from "./bare-host";
import { hasCommandPlugin, NO_COMMAND_PLUGIN } from "./command-plugin";
import { type Contestant, hold, roundsOr, sizesOr } from "./contest";
import { inRootsSandbox } from "./in-sandbox";
import { linkSet, type Program, pulumiContestant, single } from "./pulumi-contestant";
import { Report } from "./report";
import { medianOf, ratioOf, type Table } from "./results";

const OURS = "pulumi-macvlan";
const SET = "LinkSet";
const PEER = "ssh HOST ip";
const NOTHING = "do nothing";
const ONE_NOTHING = "a single one that does nothing";
const [ONE, SINGLES, MANY] = [1, 100, 1000] as const;
/** What is hundredths above the floor is found by many rounds, what is twice as fast by few. */
const [FEW_ROUNDS, SOME_ROUNDS, MANY_ROUNDS] = [3, 5, 9] as const;
/** How many times as long as ours the peer must take, singly and beside a set. */
const [LEAST_ABOVE_US, LEAST_ABOVE_SET] = [2.5, 20] as const;
/** How many times the floor ours may take. */
const MOST_ABOVE_FLOOR: Readonly<Record<string, number>> = { up: 1.1, destroy: 1.25 };
/** How many seconds more than one resource that does nothing a set of many may take. */
const MOST_OVER_ONE = 3;

const command = (connection: object): Program => ({
  name: "remote.Command",
  text: (links) => `
    const { readFileSync } = require("node:fs");
    const { remote } = require("@pulumi/command");
    const { host, user, privateKeyPath } = ${JSON.stringify(connection)};
    const connection = { host, user, privateKey: readFileSync(privateKeyPath, "utf8") };
    for (let n = 0; n < ${links}; n++)
      new remote.Command("link" + n, {
        connection,
        create: "ip link add name link" + n + " link eth0 up type macvlan mode bridge",
        delete: "ip link delete dev link" + n,
      });
  `,
  makesLinks: true,
  most: SINGLES,
});

inRootsSandbox(async () => {
  const report = new Report("ssh-links");
  const fleet = await Fleet.start(["alive"]);
  process.once("exit", () => fleet.stop());
  const [host] = fleet.hosts;
  if (host === undefined) throw new Error("There is no host");
  const args = { connection: connectionTo(fleet, host), lowerDevice: "eth0", mode: "bridge" };
  report.note(
    "A login runs what this machine's own root has its shell do then, as on any host: the peer pays it for each link, ours once.",
  );
  const hasCommand = hasCommandPlugin();
  if (!hasCommand) report.note(NO_COMMAND_PLUGIN);
  const nothing = single(NOTHING, "do-nothing", args);
  const set = linkSet(SET, args);
  const programs = [
    { ...single(OURS, "pulumi-macvlan", args), most: SINGLES },
    { ...set, mostRounds: FEW_ROUNDS },
    { ...single(PEER, "ssh-ip", args), mostRounds: FEW_ROUNDS },
    ...(hasCommand ? [{ ...command(args.connection), mostRounds: FEW_ROUNDS }] : []),
    { ...nothing, most: SINGLES },
  ];
  const links = (): number => fleet.links(host).length;
  const contestants = async (...all: Program[]): Promise<Contestant[]> => {
    const ready: Contestant[] = [];
    for (const program of all)
      ready.push(await pulumiContestant(program, { links, operations: ["up", "destroy"] }));
    return ready;
  };
  const tables = await hold({
    title: "Links of one host over SSH, through the engine",
    ...{ of: "links", sizes: sizesOr(ONE, SINGLES, MANY) },
    contestants: await contestants(...programs),
    rounds: (size) => (size > SINGLES ? 1 : roundsOr(size < SINGLES ? FEW_ROUNDS : MANY_ROUNDS)),
  });
  const besideOne = await hold({
    title: "A set over SSH, and a single resource that does nothing, however many links there are",
    ...{ of: "links", sizes: sizesOr(MANY), rounds: roundsOr(SOME_ROUNDS) },
    contestants: await contestants(set, {
      ...nothing,
      name: ONE_NOTHING,
      text: () => nothing.text(ONE),
    }),
  });
  report.add(...tables, ...besideOne);
  for (const table of tables) judge(report, table);
  for (const table of besideOne) judgeSet(report, table);
  report.write();
});

function judge(report: Report, table: Table): void {
  const { what } = table;
  if (what === "up") {
    const gain = ratioOf(table, PEER, OURS, SINGLES);
    report.judge(`up of ${SINGLES}: ${PEER}, times ours`, gain, "at least", LEAST_ABOVE_US);
  }
  const cost = ratioOf(table, OURS, NOTHING, SINGLES);
  const most = MOST_ABOVE_FLOOR[what] ?? Number.NaN;
  report.judge(`${what} of ${SINGLES}: ours, times the floor`, cost, "at most", most);
  const gain = ratioOf(table, PEER, SET, MANY);
  report.judge(`${what} of ${MANY}: ${PEER}, times a set`, gain, "at least", LEAST_ABOVE_SET);
}

function judgeSet(report: Report, table: Table): void {
  report.judge(
    `${table.what} of a set of ${MANY}: seconds more than one resource that does nothing`,
    medianOf(table, SET, MANY) - medianOf(table, ONE_NOTHING, MANY),
    "at most",
    MOST_OVER_ONE,
  );
}
