import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { KINDS } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { REFUSED } from "./refused-creations";

describe("A creation that the kernel refuses", () => {
  const lab = useLab();

  for (const kind of KINDS) {
    for (const row of REFUSED) {
      it(`${row.title}: explained for a ${kind}, at preview and by create`, async () => {
        const lowerNetns = lab().host();
        const arranged = row.arrange?.(lab(), lowerNetns);
        const args = { kind, lowerDevice: "lower", lowerNetns, ...arranged, ...row.args };
        const link = new LinkResource(lab(), args);
        const before = lab().everything();

        const { failures } = await link.check();
        if (row.unseen) {
          assert.deepEqual(failures, []);
        } else {
          assert.deepEqual(
            failures.map(({ property }) => property),
            [row.property],
          );
          assert.match(failures[0]?.reason ?? "", row.cause);
          assert.match(failures[0]?.reason ?? "", row.cure);
          assert.match(failures[0]?.reason ?? "", /^[A-Zl"]/, "It is a sentence");
        }

        await assert.rejects(link.createUnchecked(), (error: Error) => {
          assert(isHostError(error));
          const { message } = error;
          assert.match(message, row.cause);
          assert.match(message, row.cure);
          if (!row.unseen) assert.match(message, new RegExp(`: ${row.property}: `));
          assert.match(message, new RegExp(`^Cannot create ${kind} ${link.inputs.name} on `));
          if (row.errno !== undefined) assert.match(message, new RegExp(`\\(${row.errno}\\)`));
          return true;
        });
        assert.deepEqual(lab().everything(), before);
      });
    }
  }
});
