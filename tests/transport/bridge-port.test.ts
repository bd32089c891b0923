/** A bridge port of a host behind a real sshd, also when the connection breaks while it is set. */
import assert from "node:assert/strict";
import type { Direction } from "../support/fault-proxy";
import { useLab } from "../support/kernel-lab";
import { LossyHost } from "../support/lossy-host";
import { PortResource } from "../support/port-resource";
import { seededRandom } from "../support/seeded-random";
import { Sshd } from "../support/sshd";

const DIRECTIONS: readonly Direction[] = ["to the server", "to the client"];
const RANDOM_CUTS = 8;
const BEFORE = { hairpin: false, isolated: true, cost: 9 };
const WANTED = { hairpin: true, isolated: false, cost: 77 };

describe("A bridge port over ssh", function () {
  this.timeout(120_000);
  const lab = useLab();
  let sshd: Sshd;
  let host: LossyHost;
  let port: PortResource;

  before(async () => {
    sshd = await Sshd.start({ hostKeyTypes: ["ed25519"], config: ["MaxStartups 100"] });
  });
  after(() => sshd?.stop());
  beforeEach(async () => {
    host = await LossyHost.start(lab(), sshd);
    const { netns } = host;
    lab().ip(netns, "link", "add", "name", "br0", "type", "bridge");
    lab().ip(netns, "link", "set", "dev", "lower", "master", "br0");
    by("cost", "9", "isolated", "on");
    const where = { device: "lower", netns, connection: host.connection() };
    port = new PortResource(lab(), { ...where, ...WANTED });
  });
  afterEach(() => host.end());

  const by = (...words: string[]): string =>
    lab().ip(host.netns, "link", "set", "dev", "lower", "type", "bridge_slave", ...words);
  function shown(): typeof BEFORE {
    const words = ["-d", "-j", "link", "show", "dev", "lower"];
    const [link] = JSON.parse(lab().ip(host.netns, ...words)) as [
      { linkinfo: { info_slave_data: typeof BEFORE } },
    ];
    const { hairpin, isolated, cost } = link.linkinfo.info_slave_data;
    return { hairpin, isolated, cost };
  }

  it("is set, changed, repaired and put back", async () => {
    assert.deepEqual(shown(), BEFORE);
    await port.create();
    assert.deepEqual(shown(), WANTED);
    await port.update({ ...port.args, cost: 78 });
    assert.deepEqual(shown(), { ...WANTED, cost: 78 });
    by("hairpin", "off");
    assert.equal((await port.refresh()).hairpin, false);
    await port.update(port.args);
    assert.deepEqual(shown(), WANTED);
    assert.equal(host.proxy.connections, 1);
    await port.delete();
    assert.deepEqual(shown(), BEFORE);
  });

  it("that loses its connection while it is set knows what was there before", async () => {
    const { proxy } = host;
    const random = seededRandom();
    for (const direction of DIRECTIONS) {
      // How many bytes it takes to set, this way.
      let [start, all] = [0, 0];
      const set = async (prepare: () => void): Promise<void> => {
        await port.create(prepare);
        all ||= proxy.bytes[direction] - start;
        assert.deepEqual(shown(), WANTED);
        assert.deepEqual(port.state.before, BEFORE);
        await port.delete();
        assert.deepEqual(shown(), BEFORE);
      };
      await set(() => (start = proxy.bytes[direction]));
      const moments = Array.from({ length: RANDOM_CUTS }, () => Math.ceil(random() * all));
      for (const moment of moments) {
        let isCut = false;
        const strike = (): void => {
          isCut = true;
          proxy.cut();
        };
        await set(() => void proxy.after(direction, moment, strike));
        assert.ok(isCut, `cut after ${moment} of ${all} bytes ${direction}`);
        proxy.pass();
      }
    }
  });
});
