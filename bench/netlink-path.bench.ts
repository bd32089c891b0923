/**
 * How long 2,000 links take through session and agent, beside `ip -batch` doing the same: each round
 * on a new veth. The agent is running already, as it is for all but the first resource of a run; what
 * its start costs is printed at the end.
 */
import { decodeAnswer } from "../provider/host/messages";
import { openHost } from "../provider/host/open-host";
import { Session } from "../provider/host/session";
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL } from "../provider/netlink/constants";
import { IFF_UP, MACVLAN_MODE_BRIDGE } from "../provider/netlink/link-constants";
import { newLink } from "../provider/netlink/requests";
import { createLink } from "../provider/resources/link";
import { localTransport } from "../provider/transport/local";
import { inSandbox } from "./in-sandbox";
import { inTurn } from "./in-turn";
import { ipBatch } from "./ip-batch";
import { config, inputsOf, type LinkToMake, linksToMake } from "./links-to-make";
import { countLinksOn, GROUP, type LowerDevice, onFreshLowerDevice } from "./lower-device";
import { median, timed } from "./measure";

const LINKS = Number(process.env["BENCH_LINKS"] ?? 2000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);

/** Prepares what is not to be measured, and answers what is. */
type Work = (lower: LowerDevice, links: readonly LinkToMake[]) => Promise<() => Promise<unknown>>;

const addition = (lower: LowerDevice, { name, macAddress }: LinkToMake): string =>
  `link add name ${name} link ${lower.name} address ${macAddress} up group ${GROUP} type macvlan mode bridge`;

const ipAdds: Work = async (lower, links) => {
  const lines = links.map((link) => addition(lower, link));
  return () => ipBatch(lines);
};

/** The same attributes in the same one message, and nothing armed. */
const agentAdds: Work = async (lower, links) => {
  const session = await Session.start(localTransport());
  const { handle } = await session.open(null);
  const add = async ({ name, macAddress }: LinkToMake, n: number): Promise<void> => {
    const message = newLink(
      {
        flags: IFF_UP,
        change: IFF_UP,
        attributes: {
          IFLA_IFNAME: name,
          IFLA_LINK: lower.ifindex,
          IFLA_ADDRESS: macAddress,
          IFLA_GROUP: GROUP,
          IFLA_LINKINFO: {
            IFLA_INFO_KIND: "macvlan",
            IFLA_INFO_DATA: { IFLA_MACVLAN_MODE: MACVLAN_MODE_BRIDGE },
          },
        },
      },
      { sequence: n + 1, flags: NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
    );
    const step = { handle, message, inverses: [] };
    const { datagrams } = await session.change(session.newUndoId(), session.deadlineMs, [step]);
    if (decodeAnswer(datagrams).errno !== 0) throw new Error(`${name} was refused`);
  };
  return async () => {
    await Promise.all(links.map(add));
    void session.close();
  };
};

/** What we set for each link and look at, as iproute2 says it. */
const ipCompletes: Work = async (lower, links) => {
  const lines = links.flatMap((link) => [
    addition(lower, link),
    `link set dev ${link.name} alias "${link.alias} [pulumi-macvlan:0123456789abcdef]"`,
    `link show dev ${link.name}`,
  ]);
  return () => ipBatch(lines, ["-d"]);
};

/** All that `pulumi up` has the provider do for new links, except that the engine asks for fewer at once. */
const handlersComplete: Work = async (lower, links) => {
  const inputs = await Promise.all(links.map((link) => inputsOf(link, lower)));
  await openHost({}, config);
  return () => Promise.all(inputs.map((each) => createLink({ inputs: each, config })));
};

let rounds = 0;

const round = (what: string, work: Work) => async (): Promise<Record<string, number>> => {
  const links = linksToMake(LINKS, ++rounds);
  const ms = await onFreshLowerDevice(async (lower) => {
    const took = await timed(await work(lower, links));
    const made = countLinksOn(lower);
    if (made !== LINKS) throw new Error(`${made} links were made, ${LINKS} wanted`);
    return took;
  });
  return { [what]: ms / 1000 };
};

async function compare(what: string, theirs: Work, ours: Work, limit: number): Promise<void> {
  const [first, second] = [
    { name: "ip -batch", round: round(what, theirs) },
    { name: "session and agent", round: round(what, ours) },
  ];
  const { [what]: ratio = Number.NaN } = await inTurn(first, second, ROUNDS);
  const verdict = ratio <= limit ? "within" : "ABOVE";
  console.log(`${ratio.toFixed(2)} times ip -batch, ${verdict} the limit of ${limit}\n`);
  if (!(ratio <= limit)) process.exitCode = 1;
}

inSandbox(async () => {
  await compare(`${LINKS} links, up in the same message`, ipAdds, agentAdds, 1.2);
  await compare(`${LINKS} links, marked and read back`, ipCompletes, handlersComplete, 1.3);
  const starts: number[] = [];
  for (let start = 0; start < ROUNDS; start++) {
    starts.push(await timed(async () => void (await Session.start(localTransport())).close()));
  }
  console.log(`The agent's start, once for each host and run: ${median(starts).toFixed(0)} ms`);
});
