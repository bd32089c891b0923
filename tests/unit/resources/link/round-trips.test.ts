/** How often a handler waits for a host, once the connection stands: each wait is a round trip. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { isHostError } from "../../../../provider/errors";
import type * as OpenHost from "../../../../provider/host/open-host";
import type { Kind, LinkInputs, LinkState } from "../../../../provider/link/model";
import { createLink, deleteLink, readLink, updateLink } from "../../../../provider/resources/link";
import { type Given, inputsFor } from "../../../support/link-fixtures";
import { ScriptedAgent } from "../../../support/scripted-agent";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const load = createRequire(__filename);
const door = load("../../../../provider/host/open-host") as Mutable<typeof OpenHost>;
const config = (): undefined => undefined;
const MAC = "02:00:00:00:01:02";

describe("round trips to a host", () => {
  const { openHost } = door;
  let agent: ScriptedAgent;
  let inputs: LinkInputs;

  const start = (given: Given = {}, isRemote = false): void => {
    inputs = inputsFor(given);
    agent = new ScriptedAgent(inputs.kind, inputs.identity.mark, isRemote);
    door.openHost = async () => agent.host;
  };
  afterEach(() => (door.openHost = openHost));

  async function counted<T>(work: () => Promise<T>): Promise<{ trips: number; answer: T }> {
    const before = agent.roundTrips;
    const answer = await work();
    return { trips: agent.roundTrips - before, answer };
  }
  const create = (): Promise<{ id: string; state: LinkState }> => createLink({ inputs, config });

  const most: Readonly<Record<Kind, Record<"create" | "read" | "update" | "delete", number>>> = {
    macvlan: { create: 3, read: 1, update: 2, delete: 2 },
    // Its tap device is looked at too, and who has it open; and a change of one waits for what was refused before it.
    macvtap: { create: 4, read: 2, update: 5, delete: 3 },
  };
  for (const kind of ["macvlan", "macvtap"] as const)
    for (const netns of [undefined, "ns"]) {
      const where = netns === undefined ? "the host's own namespace" : "a namespace by name";
      it(`are counted for a ${kind} in ${where}`, async () => {
        start({ kind, netns, lowerNetns: netns });
        const made = await counted(create);
        assert.deepEqual(agent.links, ["web"]);
        const { id, state } = made.answer;
        const read = await counted(() => readLink({ id, state, config }));
        assert.deepEqual(read.answer?.state, state);
        const changed = { ...inputs, mtu: 1400, declared: ["mtu"] };
        const updated = await counted(() => updateLink({ id, inputs: changed, state, config }));
        assert.equal(updated.answer.mtu, 1400);
        const gone = await counted(() => deleteLink({ id, state: updated.answer, config }));
        assert.deepEqual(agent.links, []);
        assert.deepEqual(
          { create: made.trips, read: read.trips, update: updated.trips, delete: gone.trips },
          most[kind],
        );
      });
    }

  it("are one more for a creation where the kernel shows nobody the link that he made", async () => {
    start();
    agent.echoes = false;
    const made = await counted(create);
    assert.deepEqual(agent.links, ["web"]);
    assert.equal(made.trips, most.macvlan.create + 1);
  });

  it("of many at once are those of one", async () => {
    start();
    const all = Array.from({ length: 50 }, (_, n) => ({
      ...inputs,
      name: `web${n}`,
      macAddress: `02:00:00:00:01:${(16 + n).toString(16)}`,
    }));
    const made = await counted(() =>
      Promise.all(all.map((each) => createLink({ inputs: each, config }))),
    );
    assert.equal(agent.links.length, 50);
    assert.equal(made.trips, 3);
    const states = made.answer;
    const read = await counted(() =>
      Promise.all(states.map(({ id, state }) => readLink({ id, state, config }))),
    );
    assert.deepEqual(
      read.answer.map((each) => each?.state),
      states.map(({ state }) => state),
    );
    assert.equal(read.trips, 1);
    const gone = await counted(() =>
      Promise.all(states.map(({ id, state }) => deleteLink({ id, state, config }))),
    );
    assert.deepEqual(agent.links, []);
    // They are looked at once more, each under a name of its own.
    assert.equal(gone.trips, most.macvlan.delete + 1);
  });

  it("to read many at once are one, and one list of all", async () => {
    start();
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const [name, macAddress] = [`web${n}`, `02:00:00:00:01:${(16 + n).toString(16)}`];
        return createLink({ inputs: { ...inputs, name, macAddress }, config });
      }),
    );
    agent.looks = 0;
    const read = await counted(() => Promise.all(all.map((each) => readLink({ ...each, config }))));
    assert.deepEqual(
      read.answer.map((each) => each?.state),
      all.map(({ state }) => state),
    );
    assert.deepEqual([read.trips, agent.looks], [1, 1]);
  });

  it("are one fewer once the lower device was seen: the next look and the creation go out together", async () => {
    start();
    await create();
    const another = { ...inputs, name: "web2", macAddress: MAC };
    const { trips } = await counted(() => createLink({ inputs: another, config }));
    assert.deepEqual(agent.links, ["web", "web2"]);
    assert.equal(trips, most.macvlan.create - 1);
  });

  it("of many on a lower device that was seen ask once whether it is that still", async () => {
    start();
    await create();
    agent.looks = 0;
    const all = Array.from({ length: 50 }, (_, n) => {
      const [name, macAddress] = [`web${n}`, `02:00:00:00:01:${16 + n}`];
      return createLink({ inputs: { ...inputs, name, macAddress }, config });
    });
    await Promise.all(all);
    assert.equal(agent.links.length, 51);
    // The other 50 are what was made.
    assert.equal(agent.looks, 51);
  });

  it("of a deletion are one more where it must not cut the connection, and then none for a while", async () => {
    start({}, true);
    const made = [
      await create(),
      await createLink({ inputs: { ...inputs, name: "web2", macAddress: MAC }, config }),
    ];
    const trips = [];
    for (const { id, state } of made)
      trips.push((await counted(() => deleteLink({ id, state, config }))).trips);
    assert.deepEqual(agent.links, []);
    assert.deepEqual(trips, [most.macvlan.delete + 1, most.macvlan.delete]);
  });

  it("of many deletions at once are one fewer once a list of the links is there", async () => {
    start({}, true);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) => {
        const [name, macAddress] = [`web${n}`, `02:00:00:00:01:${16 + n}`];
        return createLink({ inputs: { ...inputs, name, macAddress }, config });
      }),
    );
    const deletions = async (states: typeof all): Promise<number> =>
      (await counted(() => Promise.all(states.map((each) => deleteLink({ ...each, config })))))
        .trips;
    assert.deepEqual(
      [await deletions(all.slice(0, 5)), await deletions(all.slice(5))],
      [most.macvlan.delete + 2, most.macvlan.delete],
    );
    assert.deepEqual(agent.links, []);
  });

  it("to delete a link look at nothing else, unless it has lost its mark", async () => {
    start();
    const looksAt = async (lose: boolean): Promise<number> => {
      const { id, state } = await create();
      for (const link of agent.kernel.links) if (lose) link.alias = "";
      agent.looks = 0;
      await deleteLink({ id, state, config });
      assert.deepEqual(agent.links, []);
      return agent.looks;
    };
    assert.deepEqual([await looksAt(false), await looksAt(true)], [1, 3]);
  });

  it("cost a missing namespace nothing of its clear error", async () => {
    start({ netns: "gone" });
    await assert.rejects(
      create(),
      (error) => isHostError(error) && /netns: there is no network namespace/.test(error.message),
    );
    assert.equal(agent.roundTrips, 1);
    start({ lowerNetns: "gone" });
    await assert.rejects(create(), /lowerNetns: there is no network namespace called "gone"/);
  });
});
