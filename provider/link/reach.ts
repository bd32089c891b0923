import type { Mode } from "./model";

/** Whether two links on one lower device hear each other without a switch that sends frames back (measured). */
export const reachWithoutHairpin = (a: Mode, b: Mode): boolean => a === "bridge" && b === "bridge";
