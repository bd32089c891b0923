/**
 * The door that Pulumi saves in the state of every resource: `require("pulumi-macvlan/provider/dynamic")`.
 * State saved today loads this module at every refresh and destroy to come, so its path and the
 * names it exports never change. An adapter, nothing more: the handlers are in `resources/`.
 */
import type { ID, dynamic } from "@pulumi/pulumi";
import { configFrom } from "./config";
import { messageOf } from "./errors";
import type { LinkInputs, LinkState } from "./link/model";
import { loadInputs, loadState, saveInputs, saveState } from "./link/saved-form";
import { HalfMade, type Config } from "./request";
import {
  checkLinkInputs,
  createLink,
  deleteLink,
  diffLinkInputs,
  readLink,
  updateLink,
} from "./resources/link";

type Props = Record<string, unknown>;

/** What Pulumi passes for a value that is not known yet (`unknownValue` of its runtime). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isUnknown = (value: unknown): boolean =>
  value === UNKNOWN ||
  (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));

/** Pulumi's own key, which it adds to every answer itself. */
const withoutProvider = ({ __provider: _, ...props }: Props): Props => props;
const inputsIn = (props: Props): LinkInputs => loadInputs(withoutProvider(props));
const stateIn = (props: Props): LinkState => loadState(withoutProvider(props));

/** Pulumi refuses `undefined` anywhere in an answer, and does so after the work is done. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const outsOf = (state: LinkState): Props => plain(saveState(state));

let config: Config = configFrom(undefined);

// Not awaited by operations that start at the same time, so nothing in it may be asynchronous.
export function configure(request: dynamic.ConfigureRequest): Promise<void> {
  config = configFrom(request.config);
  // An engine that is killed cannot end this process; the end of its input can.
  process.stdin.on("end", () => process.exit()).resume();
  process.stdin.unref();
  return Promise.resolve();
}

export async function check(olds: Props, news: Props): Promise<dynamic.CheckResult> {
  const answer = await checkLinkInputs({
    inputs: withoutProvider(news),
    oldInputs: inputsIn(olds),
    config,
    isUnknown,
  });
  return { inputs: plain(saveInputs(answer.inputs)), failures: [...answer.failures] };
}

export function diff(_id: ID, olds: Props, news: Props): Promise<dynamic.DiffResult> {
  const { changes, replaces, deleteBeforeReplace } = diffLinkInputs({
    inputs: inputsIn(news),
    state: stateIn(olds),
    isUnknown,
  });
  // Where the inputs differ too, the engine finds out by itself, and only then honours replaceOnChanges.
  const said = changes === "in the inputs" ? {} : { changes: changes === "in the kernel" };
  return Promise.resolve({ ...said, replaces, deleteBeforeReplace });
}

export async function create(inputs: Props): Promise<dynamic.CreateResult> {
  const request = { inputs: inputsIn(inputs), config };
  const { id, state } = await halfMadeAsPulumiHasIt(createLink(request), inputs);
  return { id, outs: outsOf(state) };
}

export async function update(id: ID, olds: Props, news: Props): Promise<dynamic.UpdateResult> {
  const request = { id, inputs: inputsIn(news), state: stateIn(olds), config };
  return { outs: outsOf(await halfMadeAsPulumiHasIt(updateLink(request), news)) };
}

export async function read(id: ID, props: Props = {}): Promise<dynamic.ReadResult> {
  const answer = await withoutStack(readLink({ id, state: stateIn(props), config }));
  return answer === undefined
    ? {}
    : {
        id: answer.id,
        props: outsOf(answer.state),
        inputs: plain(saveInputs({ ...answer.inputs })),
      };
}

async function deleteResource(id: ID, props: Props): Promise<void> {
  await withoutStack(deleteLink({ id, state: stateIn(props), config }));
}
export { deleteResource as delete };

/**
 * Pulumi records what is there when an error carries it, and calls update on it next time. Unlike
 * an answer, an error must bring Pulumi's own key itself.
 */
async function halfMadeAsPulumiHasIt<T>(work: Promise<T>, { __provider }: Props): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HalfMade)) throw error;
    const { id, state, reasons, message } = error;
    throw Object.assign(new Error(message), {
      id,
      properties: { ...outsOf(state), __provider },
      reasons,
    });
  }
}

/** For read and delete Pulumi prints the error a second time, with its stack, under the whole program. */
async function withoutStack<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw Object.assign(new Error(messageOf(error)), { stack: "", toString: () => "" });
  }
}
