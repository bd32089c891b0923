/** Two guests in VEPA mode, whose frames all go to the switch, and the switch: a Linux box that sends them back. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const lowerDevice = config.get("lowerDevice") ?? "eth0";
const network = config.get("network") ?? "192.0.2";

// Where the switch is: another host, as a rule; a network namespace of this one does as well.
const switchHost = config.get("switchHost");
const switchNetns = config.get("switchNetns");
const uplink = new macvlan.BridgePort("uplink", {
  ...(switchHost !== undefined && { connection: { host: switchHost, user: "root" } }),
  ...(switchNetns !== undefined && { netns: switchNetns }),
  device: config.get("switchPort") ?? "eth1",
  hairpin: true,
});

const guests = ["guest1", "guest2"].map(
  (netns, n) =>
    new macvlan.Macvlan(netns, {
      lowerDevice,
      mode: "vepa",
      netns: config.get(netns) ?? netns,
      addresses: [`${network}.${11 + n}/24`],
    }),
);

export const bridge = uplink.bridge;
export const macs = guests.map(({ macAddress }) => macAddress);
