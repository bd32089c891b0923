import assert from "node:assert/strict";
import type { LinkInputs } from "../../../provider/link/model";
import { MANAGERS, warningOfHold } from "../../../provider/link/managers";

// As systemd 252 and NetworkManager 1.42 write them.
const NETWORKD_HOLDS = `# This is private data. Do not parse.
ADMIN_STATE=configuring
OPER_STATE=routable
NETWORK_FILE=/run/systemd/network/50-all.network
`;
const inputs = { name: "web", kind: "macvlan", lowerDevice: "eth0" } as LinkInputs;
const arpOwn: LinkInputs = { ...inputs, arp: "own" };
const [networkd, networkManager] = MANAGERS;

describe("Managers", () => {
  it("of which networkd holds what it configures", () => {
    assert.equal(networkd?.hold(NETWORKD_HOLDS), "/run/systemd/network/50-all.network");
    for (const state of ["pending", "unmanaged", "linger"])
      assert.equal(networkd?.hold(NETWORKD_HOLDS.replace("configuring", state)), undefined);
    assert.equal(networkd?.hold("ADMIN_STATE=configured\n"), "");
    assert.equal(networkd?.hold(""), undefined);
  });

  it("of which NetworkManager holds what it owns or has no profile for, and not what it found set up", () => {
    const said = (...lines: string[]) =>
      networkManager?.hold(["[device]", ...lines, ""].join("\n"));
    assert.equal(said("managed=true", "nm-owned=false"), "");
    assert.equal(said("managed=true", "connection-uuid=d55b9132", "nm-owned=true"), "");
    assert.equal(said("managed=true", "connection-uuid=d55b9132", "nm-owned=false"), undefined);
    assert.equal(said("managed=false"), undefined);
    assert.equal(said("perm-hw-addr-fake=02:00:00:00:00:01"), undefined);
  });

  it("are told with what they do to the link, and the lines that keep them off", () => {
    const held = { manager: "NetworkManager", device: "web", isLower: false, by: "" };
    assert.match(
      warningOfHold(held, inputs) ?? "",
      /^web: NetworkManager manages this link too, and takes it up, .*interface-name:web; then/,
    );
  });

  it("of the lower device are told where the link comes to harm", () => {
    const held = { device: "eth0", isLower: true, by: "" };
    for (const manager of ["NetworkManager", "systemd-networkd"])
      assert.equal(warningOfHold({ ...held, manager }, inputs), undefined);
    assert.equal(warningOfHold({ ...held, manager: "NetworkManager" }, arpOwn), undefined);
    assert.match(
      warningOfHold({ ...held, manager: "systemd-networkd" }, arpOwn) ?? "",
      /^eth0: systemd-networkd manages this lower device, and takes away the policy rules .*ManageForeignRoutingPolicyRules=no/,
    );
  });

  it("have names that the kernel does not cut any further", () => {
    for (const { comm } of MANAGERS) assert.ok(comm.length <= 15);
  });
});
