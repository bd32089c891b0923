import type { ReachTable } from "../../provider/link/reach";

/** `provider/link/reach-table.ts`, as Prettier would have it. */
export function tableFile(table: ReachTable): string {
  const key = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));
  const rows = Object.entries(table).map(([sender, cells]) => {
    const lines = Object.entries(cells).map(
      ([receiver, { off, on }]) =>
        `    ${key(receiver)}: { off: ${JSON.stringify(off)}, on: ${JSON.stringify(on)} },\n`,
    );
    return `  ${key(sender)}: {\n${lines.join("")}  },\n`;
  });
  return `// Measured and written by scripts/modes/main.ts. A test measures it anew: what is changed by hand does not stay.
import type { ReachTable } from "./reach";

/** What of whose frames (first) comes to whom (second), with the switch's hairpin off and on. */
export const REACH_TABLE: ReachTable = {
${rows.join("")}};
`;
}
