/** A tap device that a program holds open: qemu with a guest's card on it, or a second reader. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { once } from "node:events";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { capturedLog } from "../support/captured-log";
import { commandName, eventually, runs } from "../support/processes";

const NAME = "qemu-system-x86";

describe("A tap device that is in use", function () {
  this.timeout(60_000);
  const lab = useLab();
  const processes: ChildProcess[] = [];
  const endAll = async (): Promise<void> => {
    await Promise.all(
      processes.splice(0).map(async (child) => {
        const gone = child.exitCode === null && child.signalCode === null && once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }),
    );
  };
  afterEach(endAll);

  /** A process that has the device as its descriptor 3, and nothing else of ours. */
  async function holder(tapDevice: string, file: string, ...args: string[]): Promise<number> {
    const descriptor = openSync(tapDevice, "r+");
    const child = spawn(file, args, { stdio: ["ignore", "ignore", "ignore", descriptor] });
    closeSync(descriptor);
    processes.push(child);
    const { pid = 0 } = child;
    await eventually("it runs", () => commandName(pid) === file.slice(0, 15));
    return pid;
  }

  const qemu = (tapDevice: string, mac: string): Promise<number> => {
    const machine = "-machine none -nodefaults -display none -netdev tap,id=t,fd=3".split(" ");
    return holder(tapDevice, "qemu-system-x86_64", ...machine, "-name", mac);
  };

  async function made(more: object = {}): Promise<LinkResource> {
    const where = { lowerDevice: "lower", lowerNetns: lab().host(), mode: "bridge" };
    const link = new LinkResource(lab(), { kind: "macvtap", name: "vm1", ...where, ...more });
    await link.create();
    return link;
  }

  it("is neither deleted nor replaced: the error names qemu, its pid and the cure", async () => {
    const link = await made();
    const { tapDevice = "", macAddress = "", ifindex } = link.state;
    const pid = await qemu(tapDevice, macAddress);
    const held = `${NAME} (pid ${pid}) holds the tap device ${tapDevice} open`;
    await assert.rejects(link.delete(), (error: Error) => {
      assert.ok(error.message.includes(held), error.message);
      assert.match(error.message, /Stop it first, or set deleteInUse: true/);
      return true;
    });
    const { failures } = await link.check({ ...link.args, mode: "vepa" });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["mode"],
    );
    assert.ok(failures[0]?.reason.includes(`${NAME} (pid ${pid}) holds its tap device`));
    // What changes the link as it stands cuts nobody off.
    await link.update({ ...link.args, mtu: 1400 });
    assert.equal((await link.read())?.state.ifindex, ifindex);
  });

  it("goes when the program says that it may, and when nobody has it any more", async () => {
    const allowed = await made({ deleteInUse: true });
    await qemu(allowed.state.tapDevice ?? "", allowed.state.macAddress ?? "");
    assert.deepEqual((await allowed.check({ ...allowed.args, mode: "vepa" })).failures, []);
    await allowed.delete();
    assert.equal(await allowed.read(), undefined);
    // It has the device open that is gone, whose number the next one gets.
    await endAll();

    const freed = await made();
    const pid = await holder(freed.state.tapDevice ?? "", "sleep", "60");
    await assert.rejects(freed.delete(), new RegExp(`sleep \\(pid ${pid}\\) holds`));
    process.kill(pid, "SIGKILL");
    await eventually("it is gone", () => !runs(pid));
    await freed.delete();
    assert.equal(await freed.read(), undefined);
  });

  it("by more than one is told: a second reader takes frames away", async () => {
    const link = await made({ deleteInUse: true });
    const first = await holder(link.state.tapDevice ?? "", "sleep", "60");
    assert.deepEqual(await capturedLog(() => link.read()), []);
    const second = await holder(link.state.tapDevice ?? "", "cat", link.state.tapDevice ?? "");
    const [said = "", ...more] = await capturedLog(() => link.read());
    for (const pid of [first, second]) assert.ok(said.includes(`(pid ${pid})`), said);
    assert.match(said, /WARNING: .* have the tap device of vm1 open; each takes frames away/);
    assert.deepEqual(more, []);
  });
});
