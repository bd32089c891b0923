/** Deletions. The kernel takes some 17 ms for one, whoever asks: hence fewer links, and a single round. */
import { hold, roundsOr, sizesOr } from "./contest";
import { inSandbox } from "./in-sandbox";
import { livesOfLinks } from "./lives-of-links";
import { Report } from "./report";
import { ipBatch } from "./workers/ip";
import { handlers, sessionAndAgent } from "./workers/ours";
import { installPeers, peerPrograms } from "./workers/peer-program";

const DEEDS = ["delete"] as const;

inSandbox(async () => {
  const report = new Report("netlink-deletes");
  const { peers, missing } = peerPrograms();
  missing.forEach((each) => report.note(each));
  report.add(
    ...(await hold({
      title: "Links deleted",
      of: "links",
      sizes: sizesOr(100, 300, 1000),
      rounds: roundsOr(1),
      contestants: [
        livesOfLinks("pulumi-macvlan's handlers", handlers(), DEEDS),
        livesOfLinks("session and agent, one by one", sessionAndAgent(), DEEDS),
        livesOfLinks("ip -batch", ipBatch(), DEEDS),
        ...peers.map(({ name, hire }) => livesOfLinks(name, hire, DEEDS)),
      ],
    })),
  );
  report.write();
}, installPeers);
