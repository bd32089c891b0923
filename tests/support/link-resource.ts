/** One resource of a program, driven through the handlers as the engine drives them. */
import assert from "node:assert/strict";
import { checkLink } from "../../provider/link/check";
import { hostNameFor, hostOf, isSameHost } from "../../provider/link/host";
import { hostIdOf } from "../../provider/link/identity";
import type { LinkInputs, LinkState } from "../../provider/link/model";
import { localMachineId } from "../../provider/host/machine";
import type { CheckAnswer, DiffAnswer, ReadAnswer } from "../../provider/request";
import { HalfMade } from "../../provider/request";
import {
  checkLinkInputs,
  createLink,
  deleteLink,
  diffLinkInputs,
  readLink,
  updateLink,
} from "../../provider/resources/link";
import type { KernelLab } from "./kernel-lab";

export type Arguments = Readonly<Record<string, unknown>>;

let count = 0;
const isUnknown = (): boolean => false;
/** What the engine saves and gives back is JSON. */
const saved = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export class LinkResource {
  readonly urn: string;
  id = "";
  #inputs: LinkInputs | undefined;
  #state: LinkState | undefined;

  /** Two resources of one name and type are one and the same after a lost state. */
  constructor(
    readonly lab: KernelLab,
    readonly args: Arguments,
    readonly resourceName = `res${++count}`,
  ) {
    this.urn = `urn:pulumi:test::kernel::pulumi-nodejs:dynamic:Resource::${resourceName}`;
  }

  get inputs(): LinkInputs {
    assert(this.#inputs, "The resource was not created");
    return this.#inputs;
  }

  get state(): LinkState {
    assert(this.#state, "The resource was not created");
    return this.#state;
  }

  /** Everything that the preview says, the look at the host included. */
  check(args: Arguments = this.args): Promise<CheckAnswer> {
    const inputs = { ...args, resourceUrn: this.urn };
    return checkLinkInputs({ inputs, oldInputs: this.#old, config: this.lab.config, isUnknown });
  }

  /** The inputs without the look at the host, as where that is switched off. */
  unchecked(args: Arguments = this.args): LinkInputs {
    const machine = hostIdOf(localMachineId());
    const { connection } = args;
    const before = this.#inputs;
    const isThere = before !== undefined && isSameHost(hostOf(before), { connection, machine });
    const context = {
      host: hostNameFor(connection, machine),
      machine,
      kept: isThere ? before.identity : undefined,
      isUnknown,
    };
    const given = { ...args, resourceUrn: this.urn };
    const { inputs, failures } = checkLink(given, context);
    assert.deepEqual(failures, []);
    return saved(inputs) as unknown as LinkInputs;
  }

  async create(): Promise<LinkState> {
    return this.createFrom(await this.#checked(this.args));
  }

  /** Without the look at the host that would refuse it. */
  createUnchecked(): Promise<LinkState> {
    return this.createFrom(this.unchecked());
  }

  async createFrom(inputs: LinkInputs): Promise<LinkState> {
    this.#inputs = inputs;
    try {
      const { id, state } = await createLink({ inputs, config: this.lab.config });
      [this.id, this.#state] = [id, saved(state)];
    } catch (error) {
      if (error instanceof HalfMade) {
        const { id, state } = error as HalfMade;
        [this.id, this.#state] = [id, saved(state)];
      }
      throw error;
    }
    return this.state;
  }

  /** As if somebody had begun to create it. */
  expect(inputs: LinkInputs): void {
    this.#inputs = inputs;
  }

  async diff(args: Arguments = this.args): Promise<DiffAnswer> {
    const inputs = await this.#checked(args);
    return diffLinkInputs({ inputs, state: this.state, isUnknown });
  }

  /** An `up` with other arguments: check, a diff that must find something live, update. */
  async update(args: Arguments): Promise<LinkState> {
    const inputs = await this.#checked(args);
    const { changes, replaces } = diffLinkInputs({ inputs, state: this.state, isUnknown });
    assert.notEqual(changes, "none", "The diff is empty");
    assert.deepEqual(replaces, []);
    return this.updateTo(inputs);
  }

  async updateTo(inputs: LinkInputs): Promise<LinkState> {
    const { id, state, lab } = this;
    try {
      this.#state = saved(await updateLink({ id, inputs, state, config: lab.config }));
      this.#inputs = inputs;
    } catch (error) {
      if (error instanceof HalfMade) this.#state = saved((error as HalfMade).state);
      throw error;
    }
    return this.state;
  }

  read(): Promise<ReadAnswer> {
    return this.readAs(this.state);
  }

  async readAs(state: LinkState): Promise<ReadAnswer> {
    const { id, lab } = this;
    return saved((await readLink({ id, state, config: lab.config })) ?? null) ?? undefined;
  }

  /** What `pulumi refresh` saves; the link must be there. */
  async refresh(): Promise<LinkState> {
    const answer = await this.read();
    assert(answer, "The link is gone");
    [this.#state, this.#inputs] = [answer.state, answer.inputs];
    return answer.state;
  }

  delete(): Promise<void> {
    return this.deleteAs(this.state);
  }

  deleteAs(state: LinkState): Promise<void> {
    const { id, lab } = this;
    return deleteLink({ id, state, config: lab.config });
  }

  get #old(): Arguments | undefined {
    return this.#inputs as unknown as Arguments | undefined;
  }

  async #checked(args: Arguments): Promise<LinkInputs> {
    const { inputs, failures } = await this.check(args);
    assert.deepEqual(failures, []);
    return saved(inputs) as unknown as LinkInputs;
  }
}
