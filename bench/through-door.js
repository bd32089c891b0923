/**
 * The provider's work for many links in one process, called as Pulumi calls it and built as it is installed:
 * each is checked, made and read. Prints the PSS in MiB before and at most, and the names that are left in the end.
 */
const { readFileSync } = require("node:fs");
const door = require("pulumi-macvlan/provider/dynamic");

const [lowerDevice, count, atOnce, group] = process.argv.slice(2);

const pss = () =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))[1]) / 1024;

async function one(n) {
  const resourceUrn = `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/macvlan:Macvlan::link${n}`;
  const given = { kind: "macvlan", resourceUrn, lowerDevice, mode: "bridge", group: Number(group) };
  const { inputs, failures } = await door.check({}, given);
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  const { id, outs } = await door.create(inputs);
  const read = await door.read(id, outs);
  if (read.id !== id) throw new Error(`${id} was not found`);
}

async function main() {
  const start = pss();
  let most = start;
  const watch = setInterval(() => (most = Math.max(most, pss())), 50);
  let next = 0;
  const work = async () => {
    while (next < Number(count)) await one(next++);
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, work));
  most = Math.max(most, pss());
  clearInterval(watch);
  console.log(JSON.stringify({ start, most }));
  process.exit();
}

void main();
