/** What a setting of a bridge's port does to a connection that comes by it. docs/decisions/bridge-ports.md */
import type { Deed } from "../link/cut-offs";
import type { ObservedPort, SettingName, Settings } from "./model";
import type { SettingStep } from "./port";

interface Cut {
  /** All of them together. */
  readonly when: Settings;
  readonly what: string;
}

// Measured: each stands for the moment when bridge and host have forgotten who is behind the port.
const CUTS: readonly Cut[] = [
  {
    when: { locked: true },
    what: "takes frames from addresses that it knows only, and forgets them in time",
  },
  {
    when: { learning: false, flood: false },
    what: "neither learns who is behind it nor is sent what is for those that nobody knows",
  },
  { when: { proxyArp: true }, what: "is sent no questions for addresses that nobody knows" },
];

export function deedsOfPort(
  steps: readonly SettingStep[],
  { name, ifindex, settings }: ObservedPort,
): Deed[] {
  const changed = steps.map((step) => step.name);
  const then: Settings = {
    ...settings,
    ...Object.fromEntries(steps.map((step) => [step.name, step.value])),
  };
  return CUTS.flatMap(({ when, what }) => {
    const needed = Object.keys(when) as SettingName[];
    const property = needed.find((each) => changed.includes(each));
    if (property === undefined || !needed.every((each) => then[each] === when[each])) return [];
    const set = needed.map((each) => `${each}: ${String(when[each])}`).join(" and ");
    const device = { ifindex, settings: { name } };
    return [{ property, what: `with ${set} ${name} ${what}`, in: "beside", device }];
  });
}
