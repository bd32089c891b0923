/** One bridge port of a program, driven through the handlers as the engine drives them. */
import assert from "node:assert/strict";
import type { PortInputs, PortState } from "../../provider/port/model";
import type { CheckAnswer, DiffAnswer, ReadAnswer } from "../../provider/request";
import { createPort, deletePort, readPort, updatePort } from "../../provider/resources/bridge-port";
import { checkPortInputs, diffPortInputs } from "../../provider/resources/bridge-port/check";
import type { KernelLab } from "./kernel-lab";

let count = 0;
const isUnknown = (): boolean => false;
/** What the engine saves and gives back is JSON. */
const saved = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export class PortResource {
  readonly #urn = `urn:pulumi:test::kernel::pulumi-nodejs:dynamic:Resource::port${++count}`;
  #id = "";
  #inputs: PortInputs | undefined;
  #state: PortState | undefined;

  constructor(
    readonly lab: KernelLab,
    readonly args: Readonly<Record<string, unknown>>,
  ) {}

  get state(): PortState {
    assert(this.#state, "The resource was not created");
    return this.#state;
  }

  check(args = this.args): Promise<CheckAnswer> {
    const inputs = { ...args, resourceUrn: this.#urn };
    const { config } = this.lab;
    return checkPortInputs({ inputs, oldInputs: this.#inputs, config, isUnknown });
  }

  /** `prepare` is called between its check and the rest. */
  async create(prepare: () => void = () => undefined): Promise<PortState> {
    const inputs = await this.#checked(this.args);
    prepare();
    return this.#createFrom(inputs);
  }

  /** Whatever its check says. */
  async createUnchecked(): Promise<PortState> {
    const { inputs } = await this.check();
    return this.#createFrom(saved(inputs) as unknown as PortInputs);
  }

  async #createFrom(inputs: PortInputs): Promise<PortState> {
    const { id, state } = await createPort({ inputs, config: this.lab.config });
    [this.#id, this.#inputs, this.#state] = [id, inputs, saved(state)];
    return this.state;
  }

  async diff(args = this.args): Promise<Omit<DiffAnswer, "differences">> {
    const inputs = await this.#checked(args);
    return diffPortInputs({ inputs, state: this.state, isUnknown });
  }

  async update(args: Readonly<Record<string, unknown>>): Promise<PortState> {
    const inputs = await this.#checked(args);
    const { changes, replaces } = diffPortInputs({ inputs, state: this.state, isUnknown });
    assert.notEqual(changes, "none", "The diff is empty");
    assert.deepEqual(replaces, []);
    const request = { id: this.#id, inputs, state: this.state, config: this.lab.config };
    this.#state = saved(await updatePort(request));
    this.#inputs = inputs;
    return this.state;
  }

  async read(): Promise<ReadAnswer<PortInputs, PortState>> {
    const { state, lab } = this;
    return (
      saved((await readPort({ id: this.#id, state, config: lab.config })) ?? null) ?? undefined
    );
  }

  /** What `pulumi refresh` saves; the port must be there. */
  async refresh(): Promise<PortState> {
    const answer = await this.read();
    assert(answer, "The port is gone");
    [this.#state, this.#inputs] = [answer.state, answer.inputs];
    return answer.state;
  }

  delete(): Promise<void> {
    return deletePort({ id: this.#id, state: this.state, config: this.lab.config });
  }

  async #checked(args: Readonly<Record<string, unknown>>): Promise<PortInputs> {
    const { inputs, failures } = await this.check(args);
    assert.deepEqual(failures, []);
    return saved(inputs) as unknown as PortInputs;
  }
}
