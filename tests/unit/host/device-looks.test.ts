import assert from "node:assert/strict";
import { isHostError } from "../../../provider/errors";
import type { Device } from "../../../provider/link/causes";
import { DeviceLooks, type Which } from "../../../provider/host/device-looks";
import type { Answer } from "../../../provider/host/messages";
import { SharedLooks } from "../../../provider/host/shared-looks";
import { NLM_F_DUMP } from "../../../provider/netlink/constants";
import { Errno } from "../../../provider/netlink/errno";
import { MalformedMessage } from "../../../provider/netlink/faults";
import { decodeLink } from "../../../provider/netlink/link-message";
import { decodeMessages } from "../../../provider/netlink/message";
import { device } from "../../support/link-fixtures";

const HERE = { handle: 1 };
const THERE = { handle: 2 };
const MANY = 100;
const WHOLE = { unreadable: undefined, errno: 0, kernelText: undefined, interrupted: false };

describe("looks at devices that meet", () => {
  let devices: Device[];
  /** What a list shows, where that is not all. */
  let listed: Answer | undefined;
  let huge: string | undefined;
  let asked: string[];
  let looks: DeviceLooks;

  beforeEach(() => {
    devices = Array.from({ length: MANY }, (_, n) =>
      device(`link${n}`, n + 1, { settings: { name: "", altNames: [`a name of ${n}`] } }),
    );
    [listed, huge, asked] = [undefined, undefined, []];
    looks = new DeviceLooks("a host", new SharedLooks(), async ({ handle }, message) =>
      answer(handle, message),
    );
  });

  function answer(handle: number, bytes: Uint8Array): Answer {
    const [message] = decodeMessages(bytes);
    const { index, attributes } = decodeLink(message?.body ?? new Uint8Array());
    if (((message?.flags ?? 0) & NLM_F_DUMP) === NLM_F_DUMP) {
      asked.push(`list ${handle}`);
      return listed ?? { ...WHOLE, devices: [...devices] };
    }
    const name = attributes.IFLA_IFNAME ?? attributes.IFLA_ALT_IFNAME;
    asked.push(`${name ?? index} ${handle}`);
    if (name !== undefined && name === huge)
      return { ...WHOLE, devices: [], unreadable: new MalformedMessage("IFLA_LINKINFO", 4, "odd") };
    const found = devices.filter(
      ({ ifindex, settings }) =>
        ifindex === index || [settings.name, ...(settings.altNames ?? [])].includes(name ?? ""),
    );
    return { ...WHOLE, devices: found, errno: found.length === 0 ? Errno.ENODEV : 0 };
  }

  const look = (all: readonly Which[], where = HERE): Promise<readonly (Device | undefined)[]> =>
    Promise.all(all.map((which) => looks.one(where, which)));
  const named = (from: number, to: number): Which[] =>
    Array.from({ length: to - from }, (_, n) => ({ name: `link${from + n}` }));

  it("are one list, which knows devices by number and by every name", async () => {
    const others = [{ ifindex: 7 }, { name: "a name of 8" }, { name: "gone" }, { ifindex: 999 }];
    const seen = await look([...named(0, MANY), ...others]);
    assert.deepEqual(seen, [...devices, devices[6], devices[8], undefined, undefined]);
    assert.deepEqual(asked, ["list 1"]);
  });

  it("are a question each where they are few", async () => {
    assert.deepEqual(await look(named(0, 3)), devices.slice(0, 3));
    assert.deepEqual(asked, ["link0 1", "link1 1", "link2 1"]);
  });

  it("are a question each where a list was known to hold much more", async () => {
    devices.push(...Array.from({ length: 1000 }, (_, n) => device(`other${n}`, 1000 + n)));
    await looks.all(HERE);
    asked = [];
    assert.deepEqual(await look(named(0, MANY)), devices.slice(0, MANY));
    assert.equal(asked.length, MANY);
    // Of another namespace nothing is known.
    asked = [];
    await look(named(0, MANY), THERE);
    assert.deepEqual(asked, ["list 2"]);
  });

  it("are one list already of some, where it was known to hold little more", async () => {
    await looks.all(HERE);
    asked = [];
    await look(named(0, (3 * MANY) / 4));
    assert.deepEqual(asked, ["list 1"]);
  });

  it("see what is there when they ask, and not what a list showed before", async () => {
    await look(named(0, MANY));
    devices = devices.slice(1);
    const [first, second] = await look(named(0, MANY));
    assert.deepEqual([first, second], [undefined, devices[0]]);
    assert.deepEqual(asked, ["list 1", "list 1"]);
  });

  it("are lists apart in two namespaces", async () => {
    await Promise.all([look(named(0, MANY)), look(named(0, MANY), THERE)]);
    assert.deepEqual(asked, ["list 1", "list 2"]);
  });

  it("are one list for all who list all at the same moment", async () => {
    const [one, other] = await Promise.all([looks.all(HERE), looks.all(HERE)]);
    assert.equal(one, other);
    assert.deepEqual(asked, ["list 1"]);
    await looks.all(HERE);
    assert.equal(asked.length, 2);
  });

  it("ask singly for what a disturbed list lacks", async () => {
    listed = { ...WHOLE, devices: devices.slice(2), interrupted: true };
    assert.deepEqual(await look([...named(0, MANY), { name: "gone" }]), [...devices, undefined]);
    assert.deepEqual(asked, ["list 1", "link0 1", "link1 1", "gone 1"]);
  });

  it("ask singly where a list is refused", async () => {
    listed = { ...WHOLE, devices: [], errno: Errno.EPERM };
    assert.deepEqual(await look(named(0, MANY)), devices);
    assert.equal(asked.length, 1 + MANY);
  });

  it("say of a device that cannot be read what a single look says, and of all others what they are", async () => {
    huge = "link5";
    const unreadable = new MalformedMessage("IFLA_LINKINFO", 4, "odd");
    listed = { ...WHOLE, devices: devices.filter((_, n) => n !== 5), unreadable };
    const isSaid = (error: unknown): boolean =>
      isHostError(error) && /read the link link5 .* it is there, and/.test(error.message);
    await assert.rejects(look([{ name: "link5" }]), isSaid);
    asked = [];
    const seen = await Promise.allSettled(named(0, MANY).map((which) => looks.one(HERE, which)));
    assert.deepEqual(asked, ["list 1", "link5 1"]);
    for (const [n, each] of seen.entries())
      if (n === 5) assert.ok(each.status === "rejected" && isSaid(each.reason));
      else assert.deepEqual(each, { status: "fulfilled", value: devices[n] });
  });

  it("are asked for before a change that is called after them", async () => {
    const seen = look(named(0, 2));
    looks.send();
    assert.deepEqual(asked, ["link0 1", "link1 1"]);
    assert.equal((await seen).length, 2);
  });
});
