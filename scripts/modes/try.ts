import { KernelLab } from "../../tests/support/kernel-lab";
import { measureFreedom } from "./freedom";
import { buildTopology } from "./topology";
import { measure } from "./measure";
import { STATIONS } from "./stations";
import { disagreements } from "./disagreements";
import { tableFrom } from "./to-table";
import { tableFile } from "./table-file";
import { readFileSync } from "node:fs";
async function main() {
  const lab = new KernelLab();
  try {
    const t0 = Date.now();
    console.log(await measureFreedom(lab), Date.now() - t0);
  } finally { await lab.remove();  }
  const lab2 = new KernelLab();
  try {
    const t = await buildTopology(lab2, STATIONS);
    const off = await measure(t.stations);
    await t.setHairpin(true);
    const on = await measure(t.stations);
    console.log(disagreements(off), disagreements(on), tableFile(tableFrom({off,on})) === readFileSync("provider/link/reach-table.ts", "utf8"));
  } finally { await lab2.remove();  }
}
void main();
