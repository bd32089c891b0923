import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { LinkHost } from "../../../../provider/host/link-host";
import type * as OpenHost from "../../../../provider/host/open-host";
import type { Connection } from "../../../../provider/link/model";
import { reachAhead } from "../../../../provider/resources/link/hosts-ahead";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const load = createRequire(__filename);
const door = load("../../../../provider/host/open-host") as Mutable<typeof OpenHost>;
const config = (): undefined => undefined;
const tick = (): Promise<void> => new Promise(setImmediate);

describe("hosts that are reached ahead", () => {
  const { openHost } = door;
  let opened: unknown[];
  let answers: ((host: LinkHost) => void)[];
  let seen: LinkHost[];
  const look = async (host: LinkHost): Promise<unknown> => seen.push(host);

  beforeEach(() => {
    [opened, answers, seen] = [[], [], []];
    door.openHost = (connection?: Connection) => {
      opened.push(connection);
      return new Promise((resolve) => answers.push(resolve));
    };
  });
  afterEach(() => (door.openHost = openHost));

  it("are connected to side by side, in check's spelling", () => {
    reachAhead('[{"host":"a","proxy":{"host":"j"}},"b"]', config, look);
    assert.deepEqual(opened, [{ host: "a", proxy: [{ host: "j" }] }, { host: "b" }]);
  });

  it("are a bounded number at a time, each looked at, the rest as those answer", async () => {
    reachAhead(JSON.stringify(Array.from({ length: 40 }, (_, n) => `host${n}`)), config, look);
    assert.equal(opened.length, 32);
    for (const answer of answers) answer({} as LinkHost);
    await tick();
    assert.deepEqual([opened.length, seen.length], [40, 32]);
  });

  it("are none where a connection is wrong, or nothing is said", () => {
    reachAhead('[{"host":"a","port":"x"},{"hots":"b"}]', config, look);
    reachAhead(undefined, config, look);
    assert.deepEqual(opened, []);
  });
});
