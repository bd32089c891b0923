/**
 * Looks at many links at once, by a local agent and over SSH: asked one by one, as LinkHost asks for them,
 * and as `ip -j -d link show` lists them. By what one question and one more device in a list cost,
 * provider/host/device-looks.ts chooses.
 */
import { execFileSync } from "node:child_process";
import { LinkHost } from "../provider/host/link-host";
import { decodeAnswer } from "../provider/host/messages";
import { Session } from "../provider/host/session";
import { nextSequence } from "../provider/host/step-messages";
import { getLinkByName } from "../provider/netlink/requests";
import { localTransport } from "../provider/transport/local";
import { sshTransport } from "../provider/transport/ssh";
import type { Transport } from "../provider/transport/transport";
import { Fleet, type FleetHost } from "../tests/support/fleet";
import { sshTo } from "../tests/support/ssh-to";
import { inRootsSandbox } from "./in-sandbox";
import { median, timed } from "./measure";
import { table } from "./table";
import { run } from "./workers/ip";

const COUNTS = (process.env["BENCH_COUNTS"] ?? "100,1000,10000").split(",").map(Number);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** How many times as long as one list by `ip` ours may take, of 1,000 links and more. */
const LIMIT = 3;
/** Of the questions' time; above 1 for what one measurement differs from the next. */
const LIMIT_OF_QUESTIONS = 1.1;

const nameOf = (n: number): string => `look${n}`;

/** A device without a carrier, so that links which come up send nothing to each other. */
async function makeLinks({ netns }: FleetHost, from: number, to: number): Promise<void> {
  const lower = from === 0 ? ["link add quiet up type veth peer name wire"] : [];
  const links = Array.from(
    { length: to - from },
    (_, n) => `link add ${nameOf(from + n)} link quiet up type macvlan mode bridge`,
  );
  await run(["ip", "-n", netns, "-batch", "-"], [...lower, ...links]);
}

interface Way {
  readonly name: string;
  readonly transport: Transport;
}

/** Microseconds for each link, in turn with the others'. */
async function measure(
  { transport }: Way,
  { netns }: FleetHost,
  count: number,
): Promise<Readonly<Record<"single" | "ours" | "list" | "ip", number>>> {
  const session = await Session.start(transport);
  const host = new LinkHost(session);
  const namespace = await host.namespace(netns);
  const names = Array.from({ length: count }, (_, n) => nameOf(n));
  const single = async (name: string): Promise<void> => {
    const message = getLinkByName(name, { sequence: nextSequence() });
    found(decodeAnswer(await session.request(namespace.handle, message)).devices.length);
  };
  const works = {
    single: () => Promise.all(names.map(single)),
    ours: async () => {
      const seen = await Promise.all(names.map((name) => host.device(namespace, { name })));
      found(Number(seen.every((device, n) => device?.settings.name === names[n])));
    },
    list: () => host.devices(namespace),
    ip: () => execFileSync("ip", ["-n", netns, "-j", "-d", "link", "show"], { maxBuffer: 1 << 30 }),
  };
  const taken = { single: [], ours: [], list: [], ip: [] } as Record<keyof typeof works, number[]>;
  for (let round = 0; round < ROUNDS; round++)
    for (const what of Object.keys(works) as (keyof typeof works)[])
      taken[what].push((1000 * (await timed(works[what]))) / count);
  await session.close();
  const { single: alone, ours, list, ip } = taken;
  return { single: median(alone), ours: median(ours), list: median(list), ip: median(ip) };
}

function found(count: number): void {
  if (count !== 1) throw new Error(`${count} were found, and not one`);
}

inRootsSandbox(async () => {
  const fleet = await Fleet.start(["alive"]);
  process.once("exit", () => fleet.stop());
  const [host] = fleet.hosts;
  if (host?.sshd === undefined) throw new Error("There is no host");
  const server = { ...fleet, address: host.address, port: 22 };
  const ways: readonly Way[] = [
    { name: "local", transport: localTransport() },
    { name: "over SSH", transport: sshTransport(sshTo(server)) },
  ];
  const rows: string[][] = [];
  for (const [n, count] of COUNTS.entries()) {
    await makeLinks(host, COUNTS[n - 1] ?? 0, count);
    for (const way of ways) {
      const { single, ours, list, ip } = await measure(way, host, count);
      const isWithin = count < 1000 || (ours <= LIMIT * ip && ours <= LIMIT_OF_QUESTIONS * single);
      if (!isWithin) process.exitCode = 1;
      rows.push([
        ...[`${count} links, ${way.name}`, ...[single, list, ip, ours].map((us) => us.toFixed(0))],
        ...[(ours / single).toFixed(2), (ours / ip).toFixed(2), isWithin ? "yes" : "NO"],
      ]);
    }
  }
  const heads = ["µs a link", "one by one", "one list", "ip -j -d", "ours", "÷ one by one", "÷ ip"];
  console.log(table([...heads, "within"], rows));
  console.log(
    `Medians of ${ROUNDS}, in turn; from 1,000 links on at most ${LIMIT} times ip, and ${LIMIT_OF_QUESTIONS} times one by one.`,
  );
});
