import assert from "node:assert/strict";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { type Arguments, LinkResource } from "../support/link-resource";

// Check never lets most of these through. Should it ever, or a saved state hold them, the kernel's
// number is explained.
const ROWS: readonly { title: string; args: Arguments; said: RegExp }[] = [
  {
    title: "a MAC address of zeros",
    args: { macAddress: "00:00:00:00:00:00" },
    said: /the kernel does not take this MAC address \(EADDRNOTAVAIL\).*Use a unicast MAC address/,
  },
  {
    title: "a multicast MAC address",
    args: { macAddress: "01:00:5e:00:00:01" },
    said: /the kernel does not take this MAC address \(EADDRNOTAVAIL\).*Use a unicast MAC address/,
  },
  {
    title: "a name of sixteen bytes",
    args: { name: "sixteen-bytes-xx" },
    said: /a value is out of the range that this kernel takes \(ERANGE\).*Declare a smaller one/,
  },
  {
    title: "a name with a slash",
    args: { name: "a/b" },
    said: /EINVAL/,
  },
];

describe("A value that the kernel refuses", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    for (const { title, args, said } of ROWS) {
      it(`${title}: explained for a ${kind}, and nothing is left`, async () => {
        const base = { kind, lowerDevice: "lower", lowerNetns: lab().host() };
        const link = new LinkResource(lab(), base);
        const before = lab().everything();
        await assert.rejects(link.createFrom({ ...link.unchecked(), ...args }), said);
        assert.deepEqual(lab().everything(), before);
      });
    }
  }
});
