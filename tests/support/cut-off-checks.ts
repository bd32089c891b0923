/** What is asked again and again of what would cut a connection. */
import assert from "node:assert/strict";
import { isHostError } from "../../provider/errors";
import { openHost } from "../../provider/host/open-host";
import type { Connection } from "../../provider/link/model";
import type { CheckAnswer } from "../../provider/request";
import type { KernelLab } from "./kernel-lab";
import { LinkResource } from "./link-resource";

export function cutOffChecks(lab: () => KernelLab) {
  // One and the same resource, of which check expects no two.
  const link = (connection: Connection, args: object): LinkResource =>
    new LinkResource(
      lab(),
      { kind: "macvlan", lowerDevice: "card0", ...args, connection },
      "probe",
    );

  /** But for what a bridge counts by itself. */
  const everything = (): unknown =>
    JSON.parse(
      JSON.stringify(lab().everything(), (key, value: unknown) =>
        key.endsWith("_timer") ? undefined : value,
      ),
    );

  /** Refused with nothing changed. */
  async function isRefused(
    act: () => Promise<unknown>,
    property: string | undefined,
    why: RegExp,
  ): Promise<void> {
    const before = everything();
    await assert.rejects(act(), (error) => {
      assert.ok(isHostError(error), String(error));
      assert.equal(error.kind, "refused");
      assert.match(error.message, why);
      if (property !== undefined) assert.ok(error.message.includes(`: ${property}: `));
      return true;
    });
    assert.deepEqual(everything(), before);
  }

  /** Refused at preview. */
  async function isForeseen(
    check: Promise<CheckAnswer>,
    property: string,
    why: RegExp,
  ): Promise<void> {
    const { failures } = await check;
    assert.ok(
      failures.some((failure) => failure.property === property && why.test(failure.reason)),
      JSON.stringify(failures),
    );
  }

  async function answers(connection: Connection): Promise<void> {
    const { session } = await openHost(connection, lab().config);
    await session.open(null);
  }

  return { link, isForeseen, isRefused, answers };
}
