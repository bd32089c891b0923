/** Deletions. The kernel takes some 17 ms for one, whoever asks: hence fewer links, and a single round. */
import { hold, roundsOr, sizesOr } from "./contest";
import { inSandbox } from "./in-sandbox";
import { livesOfLinks } from "./lives-of-links";
import { Report } from "./report";
import { ratioOf } from "./results";
import { ipBatch } from "./workers/ip";
import { handlers, sessionAndAgent } from "./workers/ours";
import { installPeers, peerPrograms } from "./workers/peer-program";

const DEEDS = ["delete"] as const;
const [OURS, IP_BATCH] = ["pulumi-macvlan's handlers", "ip -batch"] as const;
const MANY = 1000;
/** How many times as long as ours, which go in bulk, one after the other must take. */
const LEAST_GAIN = 15;

inSandbox(async () => {
  const report = new Report("netlink-deletes");
  const { peers, missing } = peerPrograms();
  missing.forEach((each) => report.note(each));
  const tables = await hold({
    title: "Links deleted",
    of: "links",
    sizes: sizesOr(100, 300, MANY),
    rounds: roundsOr(1),
    contestants: [
      livesOfLinks(OURS, handlers(), DEEDS),
      livesOfLinks("session and agent, one by one", sessionAndAgent(), DEEDS),
      livesOfLinks(IP_BATCH, ipBatch(), DEEDS),
      ...peers.map(({ name, hire }) => livesOfLinks(name, hire, DEEDS)),
    ],
  });
  report.add(...tables);
  for (const table of tables)
    report.judge(
      `${MANY} links deleted: ip -batch, times ours`,
      ratioOf(table, IP_BATCH, OURS, MANY),
      "at least",
      LEAST_GAIN,
    );
  report.write();
}, installPeers);
