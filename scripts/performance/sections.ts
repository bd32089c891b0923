/** The page's sections in their order: which benchmark, its heading, and what to know of it. */
export const SECTIONS: readonly (readonly [name: string, heading: string, ...words: string[]])[] = [
  [
    "netlink-path",
    "What the path through the agent costs",
    "Links on a veth, made with the same attributes and up in the same message. `ip -batch` and the libraries run in programs of their own that are",
    "running already, as our agent is; none of them is asked through a host's shell. vishvananda/netlink, as it is made, asks for the number of each link after",
    "it made it.",
  ],
  [
    "netlink-sizes",
    "Creations, reads and changes, by number",
    "A change sets the MTU. iproute2 looks up a link by its name before it changes it; ours and the libraries know its number from the read.",
  ],
  [
    "netlink-deletes",
    "Deletions",
    "The kernel waits for all processors when a link goes, whoever deletes it: one by one, nobody is faster than that.",
  ],
  [
    "netlink-ssh",
    "The same over SSH",
    "A real sshd on loopback. Our connection stands, and so does OpenSSH's (`ControlMaster`), through which `ssh` runs `ip`.",
  ],
  [
    "engine-floor",
    "Through the engine, on this machine",
    "The real CLI. *do nothing* is a dynamic provider that keeps what it is told: what Pulumi itself takes, most of it for writing its state anew with",
    "each step.",
  ],
  [
    "ssh-links",
    "Through the engine, over SSH",
    "One host with a real sshd, and what the machine's own root has its shell do at a login. *ssh HOST ip* is a dynamic provider that runs `ssh` for each operation, as people write",
    "it; it makes a link in a single call, and reads nothing back.",
  ],
  [
    "fleet",
    "Many hosts",
    "Each host is a network namespace with a real sshd, all of them on this one machine. Logins are counted in the hosts' own logs; memory is the most PSS that the",
    "provider's process has.",
  ],
  ["ssh-delay", "Hosts that are far away", "A proxy holds each byte back for half of the time."],
];
