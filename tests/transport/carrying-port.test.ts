/** A setting of the port by which the agent's own connection comes. */
import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { CarriedHost, HOST } from "../support/carried-host";
import { useLab } from "../support/kernel-lab";
import { PortResource } from "../support/port-resource";

const REFUSED = [
  [{ locked: true }, /^locked: With locked: true card0 takes frames from addresses that it knows/],
  [
    { learning: false, flood: false },
    /^learning: With learning: false and flood: false card0 neither/,
  ],
  [{ proxyArp: true }, /^proxyArp: With proxyArp: true card0 is sent no questions/],
] as const;

describe("the agent's own connection through a port of a bridge", function () {
  this.timeout(60_000);
  const lab = useLab();
  let host: CarriedHost;
  beforeEach(async () => {
    host = await CarriedHost.start(lab());
    host.ip("link", "add", "name", "br0", "type", "bridge");
    host.ip("link", "set", "dev", "br0", "up");
    for (const card of ["card0", "card1"]) host.ip("link", "set", "dev", card, "master", "br0");
    host.ip("addr", "add", `${HOST.first}/24`, "dev", "br0");
  });
  afterEach(() => host?.stop());

  it("is not cut by what makes the port forget the way back, at preview and at creation", async () => {
    const connection = host.connection(HOST.first);
    for (const [settings, why] of REFUSED) {
      const port = new PortResource(lab(), { device: "card0", connection, ...settings });
      const [failure, ...more] = (await port.check()).failures;
      assert.match(`${failure?.property}: ${failure?.reason}`, why);
      assert.match(failure?.reason ?? "", /and card0 carries the connection to this host/);
      assert.deepEqual(more, []);
      await assert.rejects(port.createUnchecked(), (error) => {
        assert.ok(isHostError(error), String(error));
        assert.equal(error.kind, "refused");
        return true;
      });
    }
    const shown = host.ip("-d", "link", "show", "dev", "card0");
    for (const words of ["locked off", "learning on flood on", "proxy_arp off"])
      assert.ok(shown.includes(words), shown);
  });

  it("is changed in all else, and by each of the two without the other", async () => {
    const connection = host.connection(HOST.first);
    const device = "card0";
    const port = new PortResource(lab(), { device, connection, hairpin: true, flood: false });
    await port.create();
    const { failures } = await port.check({ device, connection, flood: false, learning: false });
    assert.equal(failures[0]?.property, "learning");
    await port.delete();
  });
});
