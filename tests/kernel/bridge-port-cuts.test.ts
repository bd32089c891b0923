/** Which settings of a port cut off who is behind it: what `provider/port/cut-offs.ts` says of them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { useLab } from "../support/kernel-lab";
import { PortResource } from "../support/port-resource";
import { eventually } from "../support/processes";

describe("A setting of a bridge port", function () {
  this.timeout(30_000);
  const lab = useLab();

  for (const [settings, isCut] of [
    [{ locked: true }, true],
    [{ learning: false, flood: false }, true],
    [{ learning: false }, false],
    [{ flood: false }, false],
    [{ proxyArp: true }, true],
    [{ isolated: true, broadcastFlood: false, multicastFlood: false, neighSuppress: true }, false],
  ] as const)
    it(`${isCut ? "cuts" : "does not cut"} a peer off once both have forgotten it: ${Object.keys(settings).join(", ")}`, async () => {
      const netns = lab().host();
      lab().ip(netns, "link", "add", "name", "br0", "type", "bridge");
      lab().ip(netns, "link", "set", "dev", "br0", "up");
      lab().ip(netns, "link", "set", "dev", "lower", "master", "br0");
      const peer = lab().namespace();
      lab().ip(netns, "link", "set", "dev", "wire", "netns", peer);
      lab().ip(peer, "link", "set", "dev", "wire", "up");
      lab().ip(peer, "address", "add", "192.0.2.1/24", "dev", "wire");
      lab().ip(netns, "address", "add", "192.0.2.7/24", "dev", "br0");
      const ping = (): boolean => {
        const words = ["ping", "-n", "-c", "1", "-W", "1", "192.0.2.7"];
        try {
          execFileSync("ip", ["netns", "exec", peer, ...words], { stdio: "ignore" });
          return true;
        } catch {
          return false;
        }
      };
      await eventually("the peer is reached", ping, 10_000);
      await new PortResource(lab(), { device: "lower", netns, ...settings }).create();
      const [{ address = "" } = {}] = lab()
        .links(peer)
        .filter(({ ifname }) => ifname === "wire");
      try {
        const fdb = ["-n", netns, "fdb", "del", address, "dev", "lower", "master"];
        execFileSync("bridge", fdb, { stdio: "ignore" });
      } catch {
        // It was not known.
      }
      lab().ip(netns, "neigh", "flush", "dev", "br0");
      assert.equal(ping() || ping(), !isCut);
    });
});
