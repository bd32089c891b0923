/** How creations, reads and changes of links grow with their number, beside the peers. */
import { hold, roundsOr, sizesOr } from "./contest";
import { inSandbox } from "./in-sandbox";
import { livesOfLinks } from "./lives-of-links";
import { Report } from "./report";
import { ipBatch, ipProcesses } from "./workers/ip";
import { handlers, sessionAndAgent } from "./workers/ours";
import { installPeers, peerPrograms } from "./workers/peer-program";

const DEEDS = ["create", "read", "change"] as const;
/** A process for each of more links measures processes alone. */
const MOST_PROCESSES = 1000;

inSandbox(async () => {
  const report = new Report("netlink-sizes");
  const { peers, missing } = peerPrograms();
  missing.forEach((each) => report.note(each));
  const common = { of: "links", sizes: sizesOr(100, 1000, 5000), rounds: roundsOr(3), warmUp: 100 };
  report.add(
    ...(await hold({
      title: "One message for each link",
      ...common,
      contestants: [
        livesOfLinks("session and agent", sessionAndAgent(), DEEDS),
        livesOfLinks("ip -batch", ipBatch(), DEEDS),
        ...peers.map(({ name, hire }) => livesOfLinks(name, hire, DEEDS)),
        { ...livesOfLinks("ip, a process each", ipProcesses(), DEEDS), most: MOST_PROCESSES },
      ],
    })),
    ...(await hold({
      title: "All that a link needs",
      ...common,
      contestants: [
        livesOfLinks("pulumi-macvlan's handlers", handlers(), DEEDS),
        livesOfLinks("ip -batch", ipBatch({ complete: true }), DEEDS),
      ],
    })),
  );
  report.write();
}, installPeers);
