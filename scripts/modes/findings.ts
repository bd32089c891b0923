import type { ReachTable, Sender } from "../../provider/link/reach";
import { KernelLab } from "../../tests/support/kernel-lab";
import { disagreements, eavesdroppers } from "./disagreements";
import { type Freedom, measureFreedom } from "./freedom";
import { HeardFrames } from "./heard-frames";
import { measure } from "./measure";
import { STATIONS } from "./stations";
import { senderOf, tableFrom } from "./to-table";
import { buildTopology } from "./topology";

export interface Findings {
  readonly table: ReachTable;
  readonly freedom: Freedom;
  /** Who hears its own broadcasts, which a switch with hairpin sends back. */
  readonly echoes: readonly Sender[];
  /** Who hears frames to others on its lower device, and whose. */
  readonly eavesdroppers: Readonly<
    Record<"off" | "on", Readonly<Record<string, readonly string[]>>>
  >;
}

/** All that this kernel says; throws where it contradicts itself, or what is said to follow does not. */
export async function findOut(): Promise<Findings> {
  const { off, on } = await inALab(async (lab) => {
    const topology = await buildTopology(lab, STATIONS);
    const without = await measure(topology.stations);
    await topology.setHairpin(true);
    return { off: without, on: await measure(topology.stations) };
  });
  const odd = [...disagreements(off), ...disagreements(on)];
  if (odd.length > 0) throw new Error(`Not as the frames say:\n${odd.slice(0, 20).join("\n")}`);
  const frames = new HeardFrames(on);
  const echoes = STATIONS.filter((station) => frames.hearsItself(station)).map(senderOf);
  return {
    table: tableFrom({ off, on }),
    freedom: await inALab(measureFreedom),
    echoes: [...new Set(echoes)],
    eavesdroppers: { off: eavesdroppers(off), on: eavesdroppers(on) },
  };
}

async function inALab<T>(use: (lab: KernelLab) => Promise<T>): Promise<T> {
  const lab = new KernelLab();
  try {
    return await use(lab);
  } finally {
    await lab.remove();
  }
}
