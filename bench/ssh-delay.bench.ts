/**
 * A host that is 50 ms away: 50 links in one `up` beside the same without the delay, and how many round
 * trips one link takes once the connection stands.
 */
import { openHost } from "../provider/host/open-host";
import type { Connection } from "../provider/link/model";
import { createLink, deleteLink } from "../provider/resources/link";
import { FaultProxy } from "../tests/support/fault-proxy";
import { Fleet, type FleetHost } from "../tests/support/fleet";
import { PulumiProject } from "../tests/support/pulumi-project";
import { type Contestant, inTurn } from "./in-turn";
import { inRootsSandbox } from "./in-sandbox";
import { config, inputsOf, linksToMake } from "./links-to-make";
import { median, timed } from "./measure";

const LINKS = Number(process.env["BENCH_LINKS"] ?? 50);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
const ROUND_TRIP_MS = 50;
const MOST_ROUND_TRIPS = 3;
const limit = (withoutDelay: number): number => 1.2 * withoutDelay + 1;

function judge(what: string, isWithin: boolean): void {
  console.log(`${what}: ${isWithin ? "within the limit" : "ABOVE the limit"}`);
  if (!isWithin) process.exitCode = 1;
}

async function upOf(connection: Connection): Promise<PulumiProject> {
  const project = await PulumiProject.create({
    program: `
      const { Macvlan } = require("pulumi-macvlan");
      const connection = ${JSON.stringify(connection)};
      for (let n = 0; n < ${LINKS}; n++)
        new Macvlan("link" + n, { connection, lowerDevice: "eth0", mode: "bridge" });
    `,
  });
  process.once("exit", () => project.remove());
  return project;
}

/** Medians of an `up` without and with the delay, in seconds. */
async function ups(
  fleet: Fleet,
  host: FleetHost,
  proxy: FaultProxy,
  connection: Connection,
): Promise<[number, number]> {
  const project = await upOf(connection);
  const contestant = (name: string, delayMs: number): Contestant & { taken: number[] } => {
    const taken: number[] = [];
    const round = async () => {
      proxy.delay(delayMs / 2);
      const up = await project.up({ timeoutSeconds: 300 });
      if (up.status !== 0) throw new Error(up.stdout + up.stderr);
      const made = fleet.links(host).length;
      if (made !== LINKS) throw new Error(`${made} links were made, and not ${LINKS}`);
      const destroy = await project.destroy({ timeoutSeconds: 300 });
      if (destroy.status !== 0) throw new Error(destroy.stdout + destroy.stderr);
      taken.push(up.seconds);
      return { up: up.seconds, destroy: destroy.seconds };
    };
    return { name, round, taken };
  };
  const [near, far] = [contestant("no delay", 0), contestant("50 ms away", ROUND_TRIP_MS)];
  await inTurn(near, far, ROUNDS);
  return [median(near.taken), median(far.taken)];
}

/** Milliseconds of one creation over a connection that stands. */
async function oneLink(proxy: FaultProxy, connection: Connection): Promise<number> {
  proxy.delay(ROUND_TRIP_MS / 2);
  const connecting = performance.now();
  const { session } = await openHost(connection, config);
  const trips = (performance.now() - connecting) / ROUND_TRIP_MS;
  console.log(
    `The connection stands after ${trips.toFixed(1)} round trips, the agent's start in it`,
  );
  const taken: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
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

inRootsSandbox(async () => {
  const fleet = await Fleet.start(["alive"]);
  process.once("exit", () => fleet.stop());
  const [host] = fleet.hosts;
  if (host?.sshd === undefined) throw new Error("There is no host");
  const proxy = await FaultProxy.start({ host: host.address, port: 22 });
  const connection = {
    ...{ host: proxy.host, port: proxy.port, user: "root", privateKeyPath: fleet.userKey },
    hostKey: host.sshd.hostKeys[0] ?? "",
  };
  const one = await oneLink(proxy, connection);
  const trips = one / ROUND_TRIP_MS;
  judge(
    `one link: ${one.toFixed(0)} ms, ${trips.toFixed(1)} round trips of ${ROUND_TRIP_MS} ms (fewer than ${MOST_ROUND_TRIPS + 1})`,
    trips < MOST_ROUND_TRIPS + 1,
  );
  console.log(`${LINKS} links, ${ROUNDS} rounds in turn`);
  const [near, far] = await ups(fleet, host, proxy, connection);
  judge(
    `up: ${far.toFixed(2)} s (at most ${limit(near).toFixed(2)} s, 1.2 times no delay and 1 s)`,
    far <= limit(near),
  );
  await proxy.stop();
});
