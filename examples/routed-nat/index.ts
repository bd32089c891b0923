/** Guests in a network of their own: the host's macvlan is their gateway, and the host does NAT to its network card. */
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as macvlan from "pulumi-macvlan";

const config = new pulumi.Config();
const lowerDevice = config.get("lowerDevice") ?? "eth0";
const host = config.get("host");
// One value for both packages; nothing at all is this machine.
const connection = host === undefined ? undefined : { host, user: config.get("user") ?? "root" };
const where = { lowerDevice, mode: "bridge", ...(connection && { connection }) } as const;

const gateway = new macvlan.Macvlan("gateway", {
  ...where,
  addresses: ["10.77.0.1/24"],
  // What comes in from the guests may be sent on.
  sysctls: { "ipv4.forwarding": 1 },
});

const guest = new macvlan.Macvlan("guest", {
  ...where,
  netns: config.get("guestNetns") ?? "guest",
  addresses: ["10.77.0.10/24"],
  routes: [{ destination: "default", gateway: "10.77.0.1" }],
});

// What is the host's own and no link's: the translation, and that answers may come in by the card. Texts
// go in by stdin, where no shell reads them; the rules begin with what makes a second run like the first.
const rules = `table ip macvlan_guests
delete table ip macvlan_guests
table ip macvlan_guests {
  chain out {
    type nat hook postrouting priority srcnat;
    ip saddr 10.77.0.0/24 ip daddr != 10.77.0.0/24 masquerade
  }
}
`;
const run = (name: string, what: { create: string; stdin: string; delete?: string }) => {
  const args = { ...what, triggers: [what.stdin] };
  return connection
    ? new command.remote.Command(name, { ...args, connection })
    : new command.local.Command(name, args);
};
run("nat", { create: "nft -f -", stdin: rules, delete: "nft delete table ip macvlan_guests" });
run("forwarding", {
  create: "sysctl -q -p -",
  stdin: `net/ipv4/conf/${lowerDevice}/forwarding = 1\n`,
});

export const gatewayMac = gateway.macAddress;
export const guestMac = guest.macAddress;
