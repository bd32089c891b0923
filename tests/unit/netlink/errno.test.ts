import { strictEqual } from "node:assert";
import { constants, platform } from "node:os";
import { describe, it } from "mocha";
import { Errno, errnoName } from "../../../provider/netlink/errno";

describe("errno", () => {
  it("names the numbers, and shows those without a name", () => {
    strictEqual(errnoName(16), "EBUSY");
    strictEqual(errnoName(95), "EOPNOTSUPP");
    strictEqual(errnoName(11), "EAGAIN");
    strictEqual(errnoName(0), "success");
    strictEqual(errnoName(4000), "errno 4000");
  });

  it("agrees with this machine's, where it runs Linux", function () {
    if (platform() !== "linux") this.skip();
    for (const [name, number] of Object.entries(constants.errno)) {
      if (name in Errno) strictEqual(Errno[name as keyof typeof Errno], number, name);
    }
  });
});
