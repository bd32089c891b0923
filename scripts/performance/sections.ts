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
];
