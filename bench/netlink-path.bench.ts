/**
 * How long 2,000 links take through session and agent, beside `ip -batch` doing the same in the same
 * run: each measurement on a new veth, ours and the peer's in turn. The agent is running already,
 * as it is for all but the first resource of a run; what its start costs is printed below.
 */
import { openHost } from "../provider/host/open-host";
import { Session } from "../provider/host/session";
import type { LinkInputs } from "../provider/link/model";
import { decodeAnswer } from "../provider/host/messages";
import {
  IFF_UP,
  MACVLAN_MODE_BRIDGE,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_EXCL,
} from "../provider/netlink/constants";
import { newLink } from "../provider/netlink/requests";
import { checkLinkInputs, createLink } from "../provider/resources/link";
import { localTransport } from "../provider/transport/local";
import { inSandbox } from "./in-sandbox";
import { ipBatch } from "./ip-batch";
import { countLinksOn, GROUP, type LowerDevice, onFreshLowerDevice } from "./lower-device";
import { median, timed } from "./measure";
import { table } from "./table";

const LINKS = Number(process.env["BENCH_LINKS"] ?? 2000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);

interface Link {
  readonly name: string;
  readonly macAddress: string;
  readonly alias: string;
}

function links(round: number): Link[] {
  return Array.from({ length: LINKS }, (_, n) => ({
    name: `r${round}n${n}`,
    macAddress: `02:00:00:${[round, n >> 8, n & 0xff].map(octet).join(":")}`,
    alias: `link ${n} of a benchmark`,
  }));
}

const octet = (value: number): string => value.toString(16).padStart(2, "0");

/** Prepares what is not to be measured, and answers what is. */
type Contender = (lower: LowerDevice, all: readonly Link[]) => Promise<() => Promise<unknown>>;

const add =
  (lower: LowerDevice) =>
  ({ name, macAddress }: Link): string =>
    `link add name ${name} link ${lower.name} address ${macAddress} up group ${GROUP} type macvlan mode bridge`;

const peerAdds: Contender = async (lower, all) => {
  const lines = all.map(add(lower));
  return () => ipBatch(lines);
};

const oursAdd: Contender = async (lower, all) => {
  const session = await Session.start(localTransport());
  const { handle } = await session.open(null);
  const create = async ({ name, macAddress }: Link, n: number): Promise<void> => {
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
    const undo = session.newUndoId();
    const { datagrams } = await session.change(undo, session.deadlineMs, [
      { handle, message, inverses: [] },
    ]);
    if (decodeAnswer(datagrams).errno !== 0) throw new Error(`${name} was refused`);
  };
  return async () => {
    await Promise.all(all.map(create));
    void session.close();
  };
};

/** What we set and look at for each link, as iproute2 says it. */
const peerCompletes: Contender = async (lower, all) => {
  const lines = all.flatMap((link) => [
    add(lower)(link),
    `link set dev ${link.name} alias "${link.alias} [pulumi-macvlan:0123456789abcdef]"`,
    `link show dev ${link.name}`,
  ]);
  return () => ipBatch(lines, ["-d"]);
};

const config = (key: string): string | undefined => (key === "snapshot" ? "off" : undefined);

const oursComplete: Contender = async (lower, all) => {
  const inputs = await Promise.all(
    all.map(async (link) => {
      const resourceUrn = `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/macvlan:Macvlan::${link.name}`;
      const given = {
        kind: "macvlan",
        resourceUrn,
        lowerDevice: lower.name,
        mode: "bridge",
        group: GROUP,
        ...link,
      };
      const answer = await checkLinkInputs({ inputs: given, config, isUnknown: () => false });
      if (answer.failures.length > 0) throw new Error(JSON.stringify(answer.failures));
      return answer.inputs as unknown as LinkInputs;
    }),
  );
  const host = await openHost({}, config);
  await host.namespace(undefined);
  return () => Promise.all(inputs.map((each) => createLink({ inputs: each, config })));
};

interface Comparison {
  readonly what: string;
  readonly peer: Contender;
  readonly ours: Contender;
  readonly goal: number;
}

const COMPARISONS: readonly Comparison[] = [
  { what: `${LINKS} creates, up in the same message`, peer: peerAdds, ours: oursAdd, goal: 1.2 },
  {
    what: `${LINKS} complete creates: link, alias and mark, read-back`,
    peer: peerCompletes,
    ours: oursComplete,
    goal: 1.3,
  },
];

let rounds = 0;

function measure(contender: Contender): Promise<number> {
  const all = links(++rounds);
  return onFreshLowerDevice(async (lower) => {
    const ms = await timed(await contender(lower, all));
    const made = countLinksOn(lower);
    if (made !== LINKS) throw new Error(`${made} links were made, ${LINKS} wanted`);
    return ms;
  });
}

inSandbox(async () => {
  const rows: string[][] = [];
  for (const { what, peer, ours, goal } of COMPARISONS) {
    const times: { peer: number[]; ours: number[] } = { peer: [], ours: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.peer.push(await measure(peer));
      times.ours.push(await measure(ours));
    }
    const [theirs, mine] = [median(times.peer), median(times.ours)];
    const range = (all: number[]): string =>
      `${seconds(Math.min(...all))} to ${seconds(Math.max(...all))}`;
    rows.push(
      [what, "ip -batch", seconds(theirs), range(times.peer), "", ""],
      ["", "ours", seconds(mine), range(times.ours), (mine / theirs).toFixed(2), `≤ ${goal}`],
    );
  }
  const starts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    starts.push(await timed(async () => void (await Session.start(localTransport())).close()));
  }
  console.log(table(["work", "who", "median", "from … to", "ratio", "goal"], rows));
  console.log(
    `\nMedians of ${ROUNDS}, in turn. The agent's start, once for each host and run: ${median(starts).toFixed(0)} ms.`,
  );
});

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
