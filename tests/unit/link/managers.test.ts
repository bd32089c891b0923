import assert from "node:assert/strict";
import { MANAGERS, warningOfHold } from "../../../provider/link/managers";

// As systemd 252 and NetworkManager 1.42 write them.
const NETWORKD_HOLDS = `# This is private data. Do not parse.
ADMIN_STATE=configuring
OPER_STATE=routable
NETWORK_FILE=/run/systemd/network/50-all.network
`;
const [networkd, networkManager] = MANAGERS;

describe("Managers", () => {
  it("of which networkd holds what it configures", () => {
    assert.equal(networkd?.hold(NETWORKD_HOLDS), "/run/systemd/network/50-all.network");
    for (const state of ["pending", "unmanaged", "linger"])
      assert.equal(networkd?.hold(NETWORKD_HOLDS.replace("configuring", state)), undefined);
    assert.equal(networkd?.hold("ADMIN_STATE=configured\n"), "");
    assert.equal(networkd?.hold(""), undefined);
  });

  it("of which NetworkManager holds what it says that it manages", () => {
    assert.equal(networkManager?.hold("[device]\nmanaged=true\nnm-owned=0\n"), "");
    assert.equal(networkManager?.hold("[device]\nmanaged=false\n"), undefined);
    assert.equal(
      networkManager?.hold("[device]\nperm-hw-addr-fake=02:00:00:00:00:01\n"),
      undefined,
    );
  });

  it("are told with the lines that keep them off the link", () => {
    const held = { manager: "NetworkManager", device: "eth0", isLower: true, by: "" };
    assert.match(
      warningOfHold(held, "web"),
      /^eth0: NetworkManager manages this lower device, and .*unmanaged-devices=interface-name:web; then/,
    );
    assert.match(
      warningOfHold({ ...held, device: "web", isLower: false }, "web"),
      /^web: NetworkManager manages this link too, .*interface-name:web; then/,
    );
  });

  it("have names that the kernel does not cut any further", () => {
    for (const { comm } of MANAGERS) assert.ok(comm.length <= 15);
  });
});
