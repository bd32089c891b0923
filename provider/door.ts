/** What every door has in common: Pulumi's dynamic provider, over the handlers of one type of resource. */
import type { ID, dynamic } from "@pulumi/pulumi";
import { configFrom } from "./config";
import { messageOf } from "./errors";
import { type Config, HalfMade, type Handlers, type SavedForm } from "./request";

type Props = Record<string, unknown>;

/** What Pulumi passes for a value that is not known yet (`unknownValue` of its runtime). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const isUnknown = (value: unknown): boolean =>
  value === UNKNOWN ||
  (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));

/** Pulumi's own key, which it adds to every answer itself. */
const withoutProvider = ({ __provider: _, ...props }: Props): Props => props;

/** Pulumi refuses `undefined` anywhere in an answer, and does so after the work is done. */
const plain = <T extends object>(value: T): Props => JSON.parse(JSON.stringify(value)) as Props;

export type Door = Required<dynamic.ResourceProvider>;

export function doorFor<I extends object, S extends object>(
  handlers: Handlers<I, S>,
  { saveInputs, loadInputs, saveState, loadState }: SavedForm<I, S>,
): Door {
  let config: Config = configFrom(undefined);
  const inputsIn = (props: Props): I => loadInputs(withoutProvider(props));
  const stateIn = (props: Props): S => loadState(withoutProvider(props));
  const outsOf = (state: S): Props => plain(saveState(state));

  /**
   * Pulumi records what is there when an error carries it, and calls update on it next time. Unlike
   * an answer, an error must bring Pulumi's own key itself.
   */
  const asPulumiHasIt = async <T>(work: Promise<T>, { __provider }: Props): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof HalfMade)) throw error;
      const { id, state, reasons, message } = error as HalfMade<S>;
      throw Object.assign(new Error(message), {
        id,
        properties: { ...outsOf(state), __provider },
        reasons,
      });
    }
  };

  return {
    // Not awaited by operations that start at the same time, so nothing in it may be asynchronous.
    configure(request) {
      config = configFrom(request.config);
      endWithInput();
      return Promise.resolve();
    },
    async check(olds: Props, news: Props) {
      const answer = await handlers.check({
        inputs: withoutProvider(news),
        oldInputs: inputsIn(olds),
        config,
        isUnknown,
      });
      return { inputs: plain(saveInputs(answer.inputs)), failures: [...answer.failures] };
    },
    async diff(_id: ID, olds: Props, news: Props) {
      const request = { inputs: inputsIn(news), state: stateIn(olds), isUnknown };
      const answer = await withoutStack(Promise.resolve(request).then(handlers.diff));
      const { changes, replaces, deleteBeforeReplace } = answer;
      // Where the inputs differ too, the engine finds out by itself, and only then honours replaceOnChanges.
      const said = changes === "in the inputs" ? {} : { changes: changes === "in the kernel" };
      return { ...said, replaces, deleteBeforeReplace };
    },
    async create(inputs: Props) {
      const request = { inputs: inputsIn(inputs), config };
      const { id, state } = await asPulumiHasIt(handlers.create(request), inputs);
      return { id, outs: outsOf(state) };
    },
    async update(id: ID, olds: Props, news: Props) {
      const request = { id, inputs: inputsIn(news), state: stateIn(olds), config };
      return { outs: outsOf(await asPulumiHasIt(handlers.update(request), news)) };
    },
    async read(id: ID, props: Props = {}) {
      const answer = await withoutStack(handlers.read({ id, state: stateIn(props), config }));
      return answer === undefined
        ? {}
        : {
            id: answer.id,
            props: outsOf(answer.state),
            ...(answer.inputs && { inputs: plain(saveInputs(answer.inputs as unknown as Props)) }),
          };
    },
    async delete(id: ID, props: Props) {
      await withoutStack(handlers.delete({ id, state: stateIn(props), config }));
    },
  };
}

let endsWithInput = false;

/** An engine that is killed cannot end this process; the end of its input can. */
function endWithInput(): void {
  if (endsWithInput) return;
  endsWithInput = true;
  process.stdin.on("end", () => process.exit()).resume();
  process.stdin.unref();
}

/** For diff, read and delete Pulumi prints the error a second time, with its stack, under the whole program. */
async function withoutStack<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw Object.assign(new Error(messageOf(error)), { stack: "", toString: () => "" });
  }
}
