/** Several addresses of one network on one host, each of which answers with a MAC address of its own. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const lowerDevice = config.get("lowerDevice") ?? "eth0";
const addresses = config.getObject<string[]>("addresses") ?? ["192.0.2.21/24", "192.0.2.22/24"];

const links = addresses.map(
  (address, n) =>
    new macvlan.Macvlan(`web${n + 1}`, {
      lowerDevice,
      mode: "bridge",
      addresses: [address],
      // Without it a peer finds all of them behind whichever link it happens to ask first.
      arp: config.get<macvlan.Arp>("arp") ?? "own",
      announce: true,
    }),
);

export const macs = links.map(({ macAddress }) => macAddress);
