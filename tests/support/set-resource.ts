/** One set of links of a program, driven through its door as the engine drives it. */
import assert from "node:assert/strict";
import * as door from "../../provider/dynamic-link-set";
import { RECORD } from "../../provider/link/output-names";
import { type LinkOutputs, outputsOf } from "../../provider/link-set/saved-form";

type Props = Record<string, unknown>;

let count = 0;
/** What the engine saves and gives back is JSON. */
const saved = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** An error as it reaches the engine: with what is recorded of a resource that is half made. */
interface Recorded extends Error {
  readonly id?: string;
  readonly properties?: Props;
}

export class SetResource {
  readonly urn: string;
  id = "";
  inputs: Props = {};
  outputs: Props | undefined;

  constructor(
    readonly args: Props,
    readonly name = `set${++count}`,
  ) {
    this.urn = `urn:pulumi:test::kernel::pulumi-nodejs:dynamic/macvlan:LinkSet::${name}`;
  }

  /** Links by name, as a program sees them. */
  get links(): Readonly<Record<string, LinkOutputs>> {
    return outputsOf(String(this.outputs?.[RECORD]));
  }

  async check(args = this.args): Promise<{ inputs: Props; failures: object[] }> {
    const news = { kind: "macvlan", ...args, resourceUrn: this.urn };
    const answer = await door.check(this.inputs, news);
    return { inputs: saved(answer.inputs as Props), failures: answer.failures ?? [] };
  }

  /** `prepare` is called between its check and the rest. */
  async create(prepare: () => void = () => undefined): Promise<this> {
    this.inputs = await this.#checked(this.args);
    prepare();
    const made = await this.#recording(door.create(this.inputs));
    [this.id, this.outputs] = [made.id, saved(made.outs as Props)];
    return this;
  }

  async diff(args = this.args): ReturnType<typeof door.diff> {
    return door.diff(this.id, this.outputs, await this.#checked(args));
  }

  async update(args: Props, prepare: () => void = () => undefined): Promise<this> {
    const inputs = await this.#checked(args);
    prepare();
    const { replaces } = await door.diff(this.id, this.outputs, inputs);
    assert.deepEqual(replaces, []);
    const updating = door.update(this.id, this.outputs, inputs);
    this.outputs = saved((await this.#recording(updating)).outs as Props);
    this.inputs = inputs;
    return this;
  }

  /** False where none of its links is there any more. */
  async refresh(): Promise<boolean> {
    const answer = await door.read(this.id, this.outputs);
    const isThere = answer.id !== undefined;
    this.outputs = isThere ? saved(answer.props as Props) : undefined;
    return isThere;
  }

  delete(): Promise<void> {
    return door.delete(this.id, this.outputs);
  }

  async #checked(args: Props): Promise<Props> {
    const { inputs, failures } = await this.check(args);
    assert.deepEqual(failures, []);
    return inputs;
  }

  async #recording<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const { id, properties } = error as Recorded;
      if (properties !== undefined) [this.id, this.outputs] = [id ?? this.id, saved(properties)];
      throw error;
    }
  }
}
