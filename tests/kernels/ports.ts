/** Each setting of a bridge's port: set, changed, and put back. */
import assert from "node:assert/strict";
import { boolean, type ValueType } from "../../provider/link/value-type";
import type { SettingName } from "../../provider/port/model";
import { PORT_PROPERTIES, SETTING_NAMES } from "../../provider/port/properties";
import { PortResource } from "../support/port-resource";
import { ip, judge, place, type Site, type Verdict, veth } from "./site";

/** Two values each, of those that are no switch. */
const VALUES: Readonly<Partial<Record<SettingName, readonly [unknown, unknown]>>> = {
  multicastRouter: [2, 0],
  multicastMaxGroups: [5, 6],
  groupForwardMask: [8, 16],
  priority: [5, 6],
  cost: [77, 78],
  backupPort: ["spare0", "spare1"],
};
/** What it goes with only. */
const BESIDE: Readonly<Partial<Record<SettingName, object>>> = {
  mab: { locked: true, learning: true },
};

/** A fresh bridge with one port, and others that may stand in for it, and how a program says which that is. */
function bridged(site: Site): object {
  const { netns, where } = place(site);
  veth(site, netns);
  ip(site, netns, "link add br0 type bridge", "link set lower master br0");
  ip(site, netns, "link add spare0 type veth peer name spare1");
  for (const spare of ["spare0", "spare1"]) ip(site, netns, `link set ${spare} master br0`);
  const { lowerDevice: device, lowerNetns, ...reached } = where;
  return { ...reached, device, netns: lowerNetns };
}

export async function portSettings(site: Site): Promise<Readonly<Record<string, Verdict>>> {
  const one = bridged(site);
  const verdicts: Record<string, Verdict> = {};
  for (const name of SETTING_NAMES)
    verdicts[name] = await judge(async () => {
      const isSwitch = (PORT_PROPERTIES[name].type as ValueType<unknown>) === boolean;
      const [first, second] = isSwitch ? [true, false] : (VALUES[name] ?? []);
      // Two resources of a run that set one thing of a port are refused.
      const port0 = name in BESIDE ? bridged(site) : one;
      const args = { ...port0, ...BESIDE[name] };
      const port = new PortResource(site.lab, { ...args, [name]: first });
      const made: Readonly<Record<string, unknown>> = { ...(await port.create()) };
      const { before } = port.state;
      assert.equal(made[name], first);
      const changed = { ...(await port.update({ ...args, [name]: second })) };
      assert.equal((changed as Readonly<Record<string, unknown>>)[name], second);
      await port.delete();
      // Made again, it finds what was there before.
      assert.deepEqual((await port.create()).before, before, "it is not put back");
      await port.delete();
    });
  return verdicts;
}
