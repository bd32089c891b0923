/**
 * 1,000 links that are deleted together, by all that `pulumi destroy` has the provider do for them except
 * that the engine asks for fewer at once, beside `ip -batch`, which deletes one after the other.
 */
import { openHost } from "../provider/host/open-host";
import { createLink, deleteLink } from "../provider/resources/link";
import { inSandbox } from "./in-sandbox";
import { inTurn } from "./in-turn";
import { ipBatch } from "./ip-batch";
import { config, inputsOf, linksToMake } from "./links-to-make";
import { countLinksOn, onFreshLowerDevice } from "./lower-device";
import { timed } from "./measure";

const LINKS = Number(process.env["BENCH_LINKS"] ?? 1000);
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 3);
/** How many times as long as ours one after the other must take. */
const LEAST_GAIN = 15;

type Made = Awaited<ReturnType<typeof createLink>>;

const ours = (all: readonly Made[]): Promise<unknown> =>
  Promise.all(all.map(({ id, state }) => deleteLink({ id, state, config })));

const oneByOne = (all: readonly Made[]): Promise<unknown> =>
  ipBatch(all.map(({ state }) => `link delete dev ${state.name}`));

let rounds = 0;

const round = (work: (all: readonly Made[]) => Promise<unknown>) => async () => {
  const links = linksToMake(LINKS, ++rounds);
  const ms = await onFreshLowerDevice(async (lower) => {
    const inputs = await Promise.all(links.map((link) => inputsOf(link, lower)));
    const all = await Promise.all(inputs.map((each) => createLink({ inputs: each, config })));
    expectLinks(countLinksOn(lower), LINKS);
    const took = await timed(() => work(all));
    expectLinks(countLinksOn(lower), 0);
    return took;
  });
  return { [`${LINKS} links deleted`]: ms / 1000 };
};

function expectLinks(there: number, wanted: number): void {
  if (there !== wanted) throw new Error(`${there} links are there, ${wanted} wanted`);
}

inSandbox(async () => {
  await openHost({}, config);
  const [gain = Number.NaN] = Object.values(
    await inTurn(
      { name: "together", round: round(ours) },
      { name: "ip -batch", round: round(oneByOne) },
      ROUNDS,
    ),
  );
  const verdict = gain >= LEAST_GAIN ? "within" : "BEYOND";
  console.log(
    `ip -batch takes ${gain.toFixed(1)} times as long (${LEAST_GAIN} or more): ${verdict} the limit`,
  );
  if (!(gain >= LEAST_GAIN)) process.exitCode = 1;
});
