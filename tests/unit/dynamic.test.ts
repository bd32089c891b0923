import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as realDoor from "../../provider/dynamic";
import type { LinkInputs, LinkState } from "../../provider/link/model";
import { saveInputs, saveState } from "../../provider/link/saved-form";
import { HalfMade } from "../../provider/request";
import type * as Handlers from "../../provider/resources/link";
import { inputsFor, stateFor } from "../support/link-fixtures";

type Door = typeof realDoor;
type Handler = (request: Record<string, unknown>) => unknown;
type Fakes = { readonly [K in keyof typeof Handlers]?: Handler };

// Not the compiler's `require`: the module is loaded while a test runs.
const load = createRequire(__filename);
const ROOT = join(__dirname, "../..");
const DOOR = load.resolve("../../provider/dynamic");
const HANDLERS = load.resolve("../../provider/resources/link");
const PULUMI_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const __provider = "exports.handler=…";

/** The door, with other handlers behind it. */
function doorTo(fakes: Fakes): Door {
  const saved = [DOOR, HANDLERS].map((path) => [path, load.cache[path]] as const);
  try {
    delete load.cache[DOOR];
    const exports = Object.fromEntries(
      Object.entries(fakes).map(([name, fake]) => [
        name,
        (request: Record<string, unknown>) => fake(request),
      ]),
    );
    load.cache[HANDLERS] = Object.assign(Object.create(module) as NodeModule, {
      exports,
      loaded: true,
    });
    return load(DOOR) as Door;
  } finally {
    for (const [path, found] of saved)
      if (found === undefined) delete load.cache[path];
      else load.cache[path] = found;
  }
}

const inputs = inputsFor();
const state = stateFor();
const savedInputs = saveInputs({ ...inputs });
const savedState = saveState(state);
const props = (of: LinkInputs | LinkState): Record<string, unknown> => ({
  ...("version" in of ? saveState(of) : saveInputs({ ...of })),
  __provider,
});

describe("the door that Pulumi saves", () => {
  it("has the names that saved state calls, for ever", () => {
    const names = ["check", "configure", "create", "delete", "diff", "read", "update"];
    assert.deepEqual(Object.keys(doorTo({})).sort(), names);
  });

  it("hands check the arguments without Pulumi's own key, and knows its mark of the unknown", async () => {
    const requests: Record<string, unknown>[] = [];
    const door = doorTo({
      checkLinkInputs: (request) => {
        requests.push(request);
        return {
          inputs: { ...inputs, mtu: undefined },
          failures: [{ property: "mtu", reason: "no" }],
        };
      },
    });
    const answer = await door.check(props(inputs), { lowerDevice: "eth0", __provider });
    // Pulumi refuses undefined anywhere in an answer.
    assert.deepStrictEqual(answer, {
      inputs: savedInputs,
      failures: [{ property: "mtu", reason: "no" }],
    });
    const [request] = requests;
    assert.deepEqual(request?.["inputs"], { lowerDevice: "eth0" });
    assert.deepEqual(request["oldInputs"], inputs);
    const isUnknown = request["isUnknown"] as (value: unknown) => boolean;
    for (const unknown of [PULUMI_UNKNOWN, [1, PULUMI_UNKNOWN], { a: { b: PULUMI_UNKNOWN } }])
      assert.equal(isUnknown(unknown), true);
    for (const known of ["x", 1, null, undefined, [], { a: { b: "x" } }])
      assert.equal(isUnknown(known), false);
  });

  it("diffs by the real handler, without a host", async () => {
    const ask = (news: LinkInputs, olds = state): Promise<unknown> =>
      realDoor.diff("id", props(olds), props(news));
    assert.deepEqual(await ask(inputs), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: true,
    });
    // A difference that the engine sees by itself is left for it to find, so that it heeds replaceOnChanges.
    assert.deepEqual(await ask({ ...inputs, mtu: 1400 }), {
      replaces: [],
      deleteBeforeReplace: true,
    });
    assert.deepEqual(await ask({ ...inputs, mode: "bridge" }), {
      replaces: ["mode"],
      deleteBeforeReplace: true,
    });
    // Drift in what is not declared shows in no input.
    assert.deepEqual(await ask(inputs, { ...state, adminState: "down" }), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
  });

  it("gives back what create and update made", async () => {
    const door = doorTo({
      createLink: (request) => {
        assert.deepEqual(request["inputs"], inputs);
        return Promise.resolve({ id: "the id", state: { ...state, tapMajor: undefined } });
      },
      updateLink: (request) => {
        assert.deepEqual(
          [request["id"], request["inputs"], request["state"]],
          ["the id", inputs, state],
        );
        return Promise.resolve(state);
      },
    });
    assert.deepStrictEqual(await door.create(props(inputs)), { id: "the id", outs: savedState });
    assert.deepStrictEqual(await door.update("the id", props(state), props(inputs)), {
      outs: savedState,
    });
  });

  it("has Pulumi record what is half made, provider and all", async () => {
    const fail = (): Promise<never> =>
      Promise.reject(new HalfMade("the id", state, ["one", "two"]));
    const door = doorTo({ createLink: fail, updateLink: fail });
    const properties = { ...savedState, __provider };
    const expected = { message: "one\ntwo", id: "the id", reasons: ["one", "two"], properties };
    await assert.rejects(door.create(props(inputs)), expected);
    await assert.rejects(door.update("the id", props(state), props(inputs)), expected);
  });

  it("passes any other error on as it is", async () => {
    const error = new Error("no");
    const door = doorTo({ createLink: () => Promise.reject(error) });
    await assert.rejects(door.create(props(inputs)), (thrown) => thrown === error);
  });

  it("answers a read with what is there, and with nothing where nothing is", async () => {
    const there = doorTo({ readLink: () => Promise.resolve({ id: "the id", state, inputs }) });
    assert.deepStrictEqual(await there.read("the id", props(state)), {
      id: "the id",
      props: savedState,
      inputs: savedInputs,
    });
    const gone = doorTo({ readLink: () => Promise.resolve(undefined) });
    assert.deepStrictEqual(await gone.read("the id", props(state)), {});
  });

  it("lets read and delete fail in one line: Pulumi prints their errors a second time", async () => {
    const fail = (): Promise<never> => Promise.reject(new Error("the host is away"));
    const door = doorTo({ readLink: fail, deleteLink: fail });
    for (const work of [door.read("the id", props(state)), door.delete("the id", props(state))])
      await assert.rejects(work, (error: Error) => {
        assert.deepEqual(
          [error.message, error.stack, error.toString()],
          ["the host is away", "", ""],
        );
        return true;
      });
  });

  it("deletes what the state says", async () => {
    const requests: unknown[] = [];
    const door = doorTo({
      deleteLink: (request) => Promise.resolve(requests.push(request["state"])),
    });
    assert.equal(await door.delete("the id", props(state)), undefined);
    assert.deepEqual(requests, [state]);
  });

  it("ends with its input, whatever it still waits for", () => {
    const program = `require(${JSON.stringify(DOOR)}).configure({ config: { get() {} } }); setInterval(() => undefined, 1000);`;
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ["--require", "ts-node/register/transpile-only", "--eval", program],
      { cwd: ROOT, input: "", timeout: 20_000, encoding: "utf8" },
    );
    assert.deepEqual([status, signal], [0, null], stderr);
  });
});
