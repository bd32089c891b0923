/**
 * Hosts that are far away: 50 links in one `up`, by the time that a round trip takes, beside a provider that runs
 * `ssh HOST ip link …` for each; and how many round trips one link takes once the connection stands.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHost } from "../provider/host/open-host";
import type { Connection } from "../provider/link/model";
import { createLink, deleteLink } from "../provider/resources/link";
import { FaultProxy } from "../tests/support/fault-proxy";
import { Fleet } from "../tests/support/fleet";
import { BARE_SHELL } from "./bare-host";
import { type Contestant, hold, roundsOr, sizesOr } from "./contest";
import { inRootsSandbox } from "./in-sandbox";
import { config, inputsOf, linksToMake } from "./links-to-make";
import { median, timed } from "./measure";
import { type Program, pulumiContestant, single } from "./pulumi-contestant";
import { Report } from "./report";
import { medianOf } from "./results";

const LINKS = 50;
const OURS = "pulumi-macvlan";
const JUDGED_MS = 50;
const MOST_ROUND_TRIPS = 3;
const limit = (withoutDelay: number): number => 1.2 * withoutDelay + 1;

/** Milliseconds of one creation over a connection that stands. */
async function oneLink(proxy: FaultProxy, connection: Connection, report: Report): Promise<number> {
  proxy.delay(JUDGED_MS / 2);
  const connecting = performance.now();
  const { session } = await openHost(connection, config);
  const trips = (performance.now() - connecting) / JUDGED_MS;
  report.note(
    `The connection stands after ${trips.toFixed(1)} round trips of ${JUDGED_MS} ms, the agent's start in it`,
  );
  const taken: number[] = [];
  for (let round = 1; round <= roundsOr(3); round++) {
    const [link] = linksToMake(1, round);
    if (link === undefined) throw new Error("There is no link to make");
    const inputs = { ...(await inputsOf(link, { name: "eth0", ifindex: 0 })), connection };
    let made: Awaited<ReturnType<typeof createLink>> | undefined;
    taken.push(await timed(async () => (made = await createLink({ inputs, config }))));
    if (made !== undefined) await deleteLink({ ...made, config });
  }
  await session.close();
  return median(taken);
}

/** So many links whatever the size, which is the round trip's. */
async function far(program: Program, proxy: FaultProxy, links: () => number): Promise<Contestant> {
  const fixed = { ...program, text: () => program.text(LINKS) };
  const contestant = await pulumiContestant(fixed, {
    links,
    linksOf: () => LINKS,
    operations: ["up", "destroy"],
  });
  const round = (roundTripMs: number) => {
    proxy.delay(roundTripMs / 2);
    return contestant.round(roundTripMs);
  };
  return { ...contestant, round };
}

inRootsSandbox(async () => {
  const report = new Report("ssh-delay");
  const fleet = await Fleet.start(["alive"], BARE_SHELL);
  process.once("exit", () => fleet.stop());
  const [host] = fleet.hosts;
  if (host?.sshd === undefined) throw new Error("There is no host");
  const [hostKey = ""] = host.sshd.hostKeys;
  const proxy = await FaultProxy.start({ host: host.address, port: 22 });
  const knownHosts = join(host.sshd.folder, "known_hosts_of_proxy");
  writeFileSync(knownHosts, `[${proxy.host}]:${proxy.port} ${hostKey}\n`);
  const connection = {
    ...{ host: proxy.host, port: proxy.port, user: "root" },
    ...{ privateKeyPath: fleet.userKey, knownHosts: [knownHosts] },
  };
  const trips = (await oneLink(proxy, connection, report)) / JUDGED_MS;
  report.judge(
    `one link over a connection that stands: round trips of ${JUDGED_MS} ms, and what is no round trip`,
    trips,
    "at most",
    MOST_ROUND_TRIPS + 1,
  );
  const args = { connection, lowerDevice: "eth0", mode: "bridge" };
  const links = (): number => fleet.links(host).length;
  const sizes = sizesOr(0, 20, JUDGED_MS, 100);
  const tables = await hold({
    title: `${LINKS} links on a host that is so many milliseconds away, there and back`,
    ...{ of: "ms", sizes, rounds: roundsOr(3) },
    contestants: [
      await far(single(OURS, OURS, args), proxy, links),
      await far(single("ssh HOST ip", "ssh-ip", args), proxy, links),
    ],
  });
  report.add(...tables);
  const [up] = tables;
  if (up !== undefined && sizes.includes(JUDGED_MS) && sizes.includes(0))
    report.judge(
      `up at ${JUDGED_MS} ms, seconds (1.2 times that at 0 ms, and 1 s)`,
      medianOf(up, OURS, JUDGED_MS),
      "at most",
      Number(limit(medianOf(up, OURS, 0)).toFixed(2)),
    );
  await proxy.stop();
  report.write();
});
