/**
 * How long 2,000 links take through session and agent, beside peers that send the same message for each; and all
 * that a new link needs, beside `ip -batch` doing as much. Whatever has to run is running already; what our
 * agent's start costs is said at the end.
 */
import { Session } from "../provider/host/session";
import { localTransport } from "../provider/transport/local";
import { hold, roundsOr, sizesOr } from "./contest";
import { inSandbox } from "./in-sandbox";
import { livesOfLinks } from "./lives-of-links";
import { median, timed } from "./measure";
import { Report } from "./report";
import { ratioOf } from "./results";
import { ipBatch } from "./workers/ip";
import { handlers, sessionAndAgent } from "./workers/ours";
import { installPeers, peerPrograms } from "./workers/peer-program";

const OURS = "session and agent";
const HANDLERS = "pulumi-macvlan's handlers";
const IP = "ip -batch";
/** The machine's speed changes by half within seconds, and ours is close to `ip -batch`; it is far from the others. */
const [MANY_ROUNDS, FEW_ROUNDS] = [21, 5];
/** How many times as long as `ip -batch` ours may take. */
const SAME_MESSAGES_LIMIT = 1.15;
const COMPLETE_LIMIT = 1.2;

inSandbox(async () => {
  const report = new Report("netlink-path");
  const [links = 0] = sizesOr(2000);
  const rounds = roundsOr(MANY_ROUNDS);
  const { peers, missing } = peerPrograms();
  missing.forEach((each) => report.note(each));
  const [same] = await hold({
    title: "One message for each link, up in the same",
    ...{ of: "links", sizes: [links], rounds, warmUp: 500 },
    contestants: [
      livesOfLinks(OURS, sessionAndAgent(), ["create"]),
      livesOfLinks(IP, ipBatch(), ["create"]),
      ...peers.map(({ name, hire }) => ({
        ...livesOfLinks(name, hire, ["create"]),
        mostRounds: FEW_ROUNDS,
      })),
    ],
  });
  const [complete] = await hold({
    title: "All that a link needs: it is marked, and read back",
    ...{ of: "links", sizes: [links], rounds, warmUp: 500 },
    contestants: [
      livesOfLinks(HANDLERS, handlers(), ["create"]),
      livesOfLinks(IP, ipBatch({ complete: true }), ["create"]),
    ],
  });
  if (same === undefined || complete === undefined) throw new Error("Nothing was measured");
  report.add(same, complete);
  report.judge(
    `${OURS}: so many times as long as ${IP}`,
    ratioOf(same, OURS, IP, links),
    "at most",
    SAME_MESSAGES_LIMIT,
  );
  for (const { name } of peers)
    report.judge(
      `${OURS}: so many times as long as ${name}`,
      ratioOf(same, OURS, name, links),
      "at most",
      1,
    );
  report.judge(
    `${HANDLERS}: so many times as long as ${IP} that adds, marks and shows`,
    ratioOf(complete, HANDLERS, IP, links),
    "at most",
    COMPLETE_LIMIT,
  );
  const starts: number[] = [];
  for (let start = 0; start < FEW_ROUNDS; start++) {
    starts.push(await timed(async () => void (await Session.start(localTransport())).close()));
  }
  report.note(`The agent's start, once for each host and run: ${median(starts).toFixed(0)} ms`);
  report.write();
}, installPeers);
