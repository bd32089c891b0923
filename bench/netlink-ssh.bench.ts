/** The same on a host that is reached over SSH, a real sshd on loopback; the connections stand already. */
import { Sshd } from "../tests/support/sshd";
import { hopTo } from "../tests/support/ssh-to";
import { BARE_SHELL } from "./bare-host";
import { hold, roundsOr, sizesOr } from "./contest";
import { inRootsSandbox } from "./in-sandbox";
import { livesOfLinks } from "./lives-of-links";
import { Report } from "./report";
import { SshMaster } from "./ssh-master";
import { ipBatch, ipProcesses } from "./workers/ip";
import { handlers, sessionAndAgent } from "./workers/ours";

const DEEDS = ["create", "read", "change"] as const;
const MOST_PROCESSES = 100;

inRootsSandbox(async () => {
  const report = new Report("netlink-ssh");
  const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"], config: BARE_SHELL });
  process.once("exit", () => sshd.stop());
  const ssh = SshMaster.start(sshd);
  const common = { of: "links", sizes: sizesOr(100, 1000, 5000), rounds: roundsOr(3), warmUp: 100 };
  report.add(
    ...(await hold({
      title: "One message for each link, over SSH",
      ...common,
      contestants: [
        livesOfLinks("session and agent", sessionAndAgent(hopTo(sshd)), DEEDS),
        livesOfLinks("ssh HOST ip -batch", ipBatch({ way: ssh.way }), DEEDS),
        {
          ...livesOfLinks("ssh HOST ip, one each", ipProcesses(ssh.way), DEEDS),
          most: MOST_PROCESSES,
        },
      ],
    })),
    ...(await hold({
      title: "All that a link needs, over SSH",
      ...common,
      contestants: [
        livesOfLinks("pulumi-macvlan's handlers", handlers(hopTo(sshd)), DEEDS),
        livesOfLinks("ssh HOST ip -batch", ipBatch({ way: ssh.way, complete: true }), DEEDS),
      ],
    })),
  );
  ssh.stop();
  report.write();
});
