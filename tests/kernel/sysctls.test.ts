/** Each sysctl of the table, beside the kernel's own file of that name. */
import assert from "node:assert/strict";
import { SYSCTL_NAMES, sysctlRange } from "../../provider/link/sysctls";
import { sysctlShown } from "../support/ip-around";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("A sysctl", () => {
  const lab = useLab();

  for (const name of SYSCTL_NAMES)
    it(`${name} is the file of that name, and gets its former value back`, async () => {
      const netns = lab().host();
      const args = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: "web" };
      const link = new LinkResource(lab(), args);
      await link.create();
      const before = sysctlShown(netns, "web", name);
      const [min, max] = sysctlRange(name) ?? assert.fail();
      const value = before < max ? before + 1 : min;
      await link.update({ ...args, sysctls: { [name]: value } });
      assert.equal(sysctlShown(netns, "web", name), value);
      assert.deepEqual((await link.read())?.state.sysctls, { [name]: value });
      await link.update(args);
      assert.equal(sysctlShown(netns, "web", name), before);
    });

  it("is found by the spelling of sysctl(8) too, and another spelling is no change", async () => {
    const netns = lab().host();
    const args = { lowerDevice: "lower", lowerNetns: netns, mode: "bridge", name: "web" };
    const long = { "net.ipv4.conf.web.arp_ignore": 1, "net/ipv6/conf/web/accept_ra": "0" };
    const link = new LinkResource(lab(), { ...args, sysctls: long });
    await link.create();
    assert.equal(sysctlShown(netns, "web", "ipv4.arp_ignore"), 1);
    assert.equal(sysctlShown(netns, "web", "ipv6.accept_ra"), 0);
    const short = { "ipv6.accept_ra": 0, "ipv4.arp_ignore": "1" };
    assert.equal((await link.diff({ ...args, sysctls: short })).changes, "none");
  });
});
