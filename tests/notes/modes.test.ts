/** What the notes say of the modes, each sentence with frames on real links. */
import assert from "node:assert/strict";
import { MODES } from "../../provider/link/model";
import { experimentalFrame, type FramePort, openPacketPort, textOf } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { useOpened } from "../support/use-opened";

const FIRST = "02:00:5e:61:00:01";
const SECOND = "02:00:5e:61:00:02";
const NOBODY = "02:00:5e:61:00:77";
const ROUTER = "02:00:5e:61:00:99";
const BROADCAST = "ff:ff:ff:ff:ff:ff";

describe("The notes on modes", () => {
  const lab = useLab();
  const opened = useOpened();

  const add = (netns: string, name: string, ...more: string[]): void =>
    void lab().ip(netns, "link", "add", "link", "lower", "name", name, ...more);
  const typed = (mode: string): string[] => ["type", "macvlan", "mode", mode];
  const modeOf = (netns: string, name: string): string | undefined =>
    lab().link(netns, name)?.linkinfo?.info_data?.mode;

  const port = (netns: string, link: string): Promise<FramePort> =>
    opened(openPacketPort(netns, link));

  /** Two links on one lower device, up, with a port on each and one on the wire. */
  async function pair(first: string, second: string) {
    const netns = lab().host();
    for (const [name, mac, mode] of [
      ["first", FIRST, first],
      ["second", SECOND, second],
    ] as const) {
      add(netns, name, "address", mac, "up", ...typed(mode));
    }
    const [one, two] = [await port(netns, "first"), await port(netns, "second")];
    return { netns, one, two, wire: await port(netns, "wire") };
  }

  /** What a port hears, up to a frame that it hears for certain: what came before that and is not here never came. */
  async function heard(at: FramePort, from: FramePort, mark: Buffer): Promise<string[]> {
    await from.send(mark);
    const all: string[] = [];
    for (let each = ""; each !== textOf(mark);) {
      each = textOf(await at.receive());
      all.push(each);
    }
    return all.slice(0, -1);
  }
  /** A broadcast, since those wait in a queue of their own, where unicast would overtake them. */
  const beforeMark = (wire: FramePort, at: FramePort): Promise<string[]> =>
    heard(at, wire, experimentalFrame(BROADCAST, ROUTER, "mark"));

  it("a link that is made without one is in vepa mode", () => {
    const netns = lab().host();
    add(netns, "first", "type", "macvlan");
    add(netns, "second", "type", "macvtap");
    assert.deepEqual([modeOf(netns, "first"), modeOf(netns, "second")], ["vepa", "vepa"]);
  });

  it("there are five, and a living link changes between all but passthru", () => {
    assert.equal(MODES.length, 5);
    const netns = lab().host();
    add(netns, "first", ...typed("vepa"));
    const set = (mode: string): string =>
      lab().ip(netns, "link", "set", "dev", "first", ...typed(mode));
    const others = MODES.filter((mode) => mode !== "passthru");
    for (const from of others)
      for (const to of others) {
        set(from);
        set(to);
        assert.equal(modeOf(netns, "first"), to, `from ${from}`);
      }
    assert.throws(() => set("passthru"), /Invalid argument/);
    lab().ip(netns, "link", "del", "dev", "first");
    add(netns, "first", ...typed("passthru"));
    for (const mode of others) assert.throws(() => set(mode), /Invalid argument/, mode);
    assert.equal(modeOf(netns, "first"), "passthru");
  });

  it("each link of a lower device has its own; passthru alone wants to be alone", () => {
    const netns = lab().host();
    const others = MODES.filter((mode) => mode !== "passthru");
    for (const mode of others) add(netns, mode, ...typed(mode));
    for (const mode of others) assert.equal(modeOf(netns, mode), mode);
    assert.throws(() => add(netns, "passthru", ...typed("passthru")), /Invalid argument/);
    const alone = lab().host();
    add(alone, "passthru", ...typed("passthru"));
    for (const mode of others)
      assert.throws(() => add(alone, "second", ...typed(mode)), /Invalid argument/, mode);
  });

  for (const target of ["vepa", "bridge", "private"])
    it(`vepa sends what is for a sibling in ${target} mode out, and nothing to the sibling`, async () => {
      const { one, two, wire } = await pair("vepa", target);
      for (const [to, words] of [
        [SECOND, "to the sibling"],
        [BROADCAST, "to all"],
      ] as const) {
        await one.send(experimentalFrame(to, FIRST, words));
        assert.equal(textOf(await wire.receive()), words);
      }
      assert.deepEqual(await beforeMark(wire, two), []);
    });

  it("bridge hands what is for a sibling in bridge mode over, and sends nothing out", async () => {
    const { one, two, wire } = await pair("bridge", "bridge");
    await one.send(experimentalFrame(SECOND, FIRST, "to the sibling"));
    assert.equal(textOf(await two.receive()), "to the sibling");
    assert.deepEqual(await heard(wire, one, experimentalFrame(ROUTER, FIRST, "mark")), []);
  });

  for (const target of ["vepa", "private"])
    it(`bridge sends what is for a sibling in ${target} mode out`, async () => {
      const { one, two, wire } = await pair("bridge", target);
      await one.send(experimentalFrame(SECOND, FIRST, "to the sibling"));
      assert.equal(textOf(await wire.receive()), "to the sibling");
      assert.deepEqual(await beforeMark(wire, two), []);
    });

  it("bridge sends a broadcast out as well as to the siblings", async () => {
    const { one, two, wire } = await pair("bridge", "bridge");
    await one.send(experimentalFrame(BROADCAST, FIRST, "to all"));
    assert.equal(textOf(await two.receive()), "to all");
    assert.equal(textOf(await wire.receive()), "to all");
  });

  it("bridge learns nothing: what is for nobody it knows goes out alone, and what comes in for nobody stops", async () => {
    const { netns, one, two, wire } = await pair("bridge", "bridge");
    await one.send(experimentalFrame(NOBODY, FIRST, "to nobody"));
    assert.equal(textOf(await wire.receive()), "to nobody");
    assert.deepEqual(await beforeMark(wire, two), []);
    // Even when that address has been seen on the link.
    await two.send(experimentalFrame(ROUTER, NOBODY, "from nobody"));
    assert.equal(textOf(await wire.receive()), "from nobody");
    await wire.send(experimentalFrame(NOBODY, ROUTER, "back to nobody"));
    assert.deepEqual(await beforeMark(wire, two), []);
    assert.equal(lab().link(netns, "second")?.address, SECOND);
  });

  for (const sender of ["vepa", "bridge", "private"])
    it(`private: a broadcast of a sibling in ${sender} mode that the switch sends back does not come in; unicast does`, async () => {
      const { one, two, wire } = await pair(sender, "private");
      for (const to of [BROADCAST, SECOND]) {
        await one.send(experimentalFrame(to, FIRST, to));
        // As a port with hairpin does it: the very same frame.
        await wire.send(await wire.receive());
      }
      assert.deepEqual(await beforeMark(wire, two), [SECOND]);
    });

  it("private: nor does a sibling in another mode get the broadcast of a private one", async () => {
    for (const target of ["vepa", "bridge"]) {
      const { one, two, wire } = await pair("private", target);
      for (const to of [BROADCAST, SECOND]) {
        await one.send(experimentalFrame(to, FIRST, to));
        await wire.send(await wire.receive());
      }
      assert.deepEqual(await beforeMark(wire, two), [SECOND]);
    }
  });
});
