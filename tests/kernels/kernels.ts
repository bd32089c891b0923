/** The kernels that are measured, and the one way in which each is. */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { release } from "node:os";
import { refuseOutsideSandbox } from "../support/kernel-guard";
import { KernelLab } from "../support/kernel-lab";
import { VirtualMachine } from "../support/virtual-machine";
import { type Column, measure } from "./measure";

/** Debian's packages, by the kernel that is in them; what is no package's is this machine's own. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "6.1": "linux-image-amd64",
  "6.12": "linux-image-6.12-amd64",
};

/** As "6.1": what a table can say for longer than until the next security update. */
export const seriesOf = (kernel: string): string => /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;

export const OWN = seriesOf(release());

/** In a process of its own: two kernels are measured in the time of one. */
export function measured(kernel: string): Promise<Column> {
  const args = ["--require", "ts-node/register/transpile-only", __filename, kernel];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  const parts: Buffer[] = [];
  child.stdio[3]?.on("data", (part: Buffer) => void parts.push(part));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(JSON.parse(Buffer.concat(parts).toString()) as Column);
      else reject(new Error(`Linux ${kernel} could not be measured; what it said is above`));
    });
  });
}

async function measureHere(): Promise<Column> {
  refuseOutsideSandbox();
  const lab = new KernelLab();
  try {
    return await measure({ lab, connection: undefined });
  } finally {
    await lab.remove();
  }
}

async function measureThere(packageName: string): Promise<Column> {
  const machine = await VirtualMachine.start(packageName);
  const lab = new KernelLab(machine.run);
  const { connection } = machine;
  lab.uses(connection);
  try {
    return await measure({ lab, connection });
  } finally {
    await lab.endSession(connection);
    await machine.stop();
  }
}

async function main(kernel: string): Promise<void> {
  const packageName = PACKAGES[kernel];
  const column = await (packageName === undefined ? measureHere() : measureThere(packageName));
  writeSync(3, JSON.stringify(column));
}

if (require.main === module) void main(process.argv[2] ?? "");
