/** The tap devices of all guests of a host, as one resource: a hundred cost a run what one does. */
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();

const farm = new macvlan.LinkSet("farm", {
  kind: "macvtap",
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: "bridge",
  count: config.getNumber("guests") ?? 100,
  namePattern: "guest{n}",
  // A link that is made anew takes its guest's network away: only where somebody says so.
  allowRemake: config.getBoolean("allowRemake") ?? false,
});

// Links that differ, by name: what is left out is as the set says.
const servers = new macvlan.LinkSet("servers", {
  lowerDevice: config.get("lowerDevice") ?? "eth0",
  mode: config.get("mode") === "private" ? "private" : "bridge",
  links: {
    web: { mtu: 1400 },
    db: { macAddress: "02:00:5e:10:00:01" },
    spare: { adminState: "down" },
  },
  allowRemake: config.getBoolean("allowRemake") ?? false,
});

export const firstTap = farm.links["guest0"]!.tapDevice;
export const guests = farm.links.apply((links) => Object.keys(links).length);
export const webMac = servers.links["web"]!.macAddress;
