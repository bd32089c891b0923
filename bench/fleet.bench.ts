/** Many hosts, each a namespace with a real sshd, and ten links on each of them in one `up`. */
import { Fleet, type FleetHost } from "../tests/support/fleet";
import { BARE_SHELL, connectionTo } from "./bare-host";
import { hold, roundsOr, sizesOr } from "./contest";
import { inRootsSandbox } from "./in-sandbox";
import { mostOfProvider } from "./pss";
import { type Program, pulumiContestant } from "./pulumi-contestant";
import { Report } from "./report";
import { medianOf } from "./results";

const LINKS = 10;
const OURS = "pulumi-macvlan";

const program = (name: string, module: string, type: string, fleet: Fleet): Program => ({
  name,
  text: (hosts) => `
    const { ${type} } = require("${module}");
    const connections = ${JSON.stringify(fleet.hosts.slice(0, hosts).map((host) => connectionTo(fleet, host)))};
    connections.forEach((connection, host) => {
      for (let n = 0; n < ${LINKS}; n++)
        new ${type}("h" + host + "n" + n, { connection, lowerDevice: "eth0", mode: "bridge" });
    });
  `,
  makesLinks: true,
});

inRootsSandbox(async () => {
  const report = new Report("fleet");
  const sizes = sizesOr(1, 10, 50);
  const fleet = await Fleet.start(Array<"alive">(Math.max(...sizes)).fill("alive"), BARE_SHELL);
  process.once("exit", () => fleet.stop());
  const sum = (of: (host: FleetHost) => number): number =>
    fleet.hosts.reduce((total, host) => total + of(host), 0);
  const logins = (): number => sum((host) => fleet.logins(host));
  const ours = await pulumiContestant(program(OURS, OURS, "Macvlan", fleet), {
    operations: ["up", "destroy"],
    links: () => sum((host) => fleet.links(host).length),
    linksOf: (hosts) => LINKS * hosts,
    watch: async (run) => {
      const before = logins();
      const memory = await mostOfProvider(run, 200);
      return { memory, logins: logins() - before };
    },
  });
  const tables = await hold({
    title: `Hosts over SSH, ${LINKS} links on each`,
    ...{ of: "hosts", sizes, rounds: roundsOr(3), contestants: [ours] },
    unit: (what) => (what === "memory" ? "MiB" : what === "logins" ? "logins" : "s"),
  });
  report.add(...tables);
  const counted = tables.find(({ what }) => what === "logins");
  for (const size of sizes)
    if (counted !== undefined)
      report.judge(`${size} hosts: logins`, medianOf(counted, OURS, size), "at most", size);
  report.write();
});
