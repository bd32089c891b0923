/** What the notes say of guests and the switch that their host is connected to. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Mode } from "../../provider/link/model";
import { useLab } from "../support/kernel-lab";
import { SwitchedGuests } from "../support/switched-guests";

describe("The notes on the switch", function () {
  this.timeout(60_000);
  const lab = useLab();

  function two(...modes: readonly [Mode, Mode]) {
    const site = new SwitchedGuests(lab());
    return { site, one: site.guest(modes[0]), other: site.guest(modes[1]) };
  }

  it("a Linux bridge sends nothing back to where it came from, with no STP at work", () => {
    const { site, one, other } = two("vepa", "vepa");
    assert.match(site.onSwitch("-d", "link", "show", "dev", "br0"), /stp_state 0/);
    assert(site.reaches(one, site.outside));
    assert(!site.reaches(one, other));
    assert(!site.reachesUnicast(one, other));
  });

  for (const [title, ...command] of [
    ["the file of sysfs", "sh", "-c", "echo $0 > /sys/class/net/br0/brif/port/hairpin_mode"],
    ["brctl", "sh", "-c", "brctl hairpin br0 port $(test $0 = 1 && echo on || echo off)"],
    [
      "bridge link",
      "sh",
      "-c",
      "bridge link set dev port hairpin $(test $0 = 1 && echo on || echo off)",
    ],
  ] as const)
    it(`hairpin brings vepa guests together: ${title}`, () => {
      const { site, one, other } = two("vepa", "vepa");
      const set = (value: "0" | "1"): void => {
        const enter = ["netns", "exec", site.outside.netns, ...command, value];
        execFileSync("ip", enter, { stdio: "pipe" });
      };
      set("1");
      assert(site.reaches(one, other));
      set("0");
      assert(!site.reaches(one, other));
    });

  it("a router brings vepa guests together without hairpin", () => {
    const { site, one, other } = two("vepa", "vepa");
    site.routed(one, other);
    assert(site.reaches(one, other));
  });

  it("bridge guests need nothing of the switch, nor a switch at all", () => {
    const { site, one, other } = two("bridge", "bridge");
    assert(site.reaches(one, other));
    site.onSwitch("link", "set", "dev", "port", "nomaster");
    assert(site.reaches(one, other));
    assert(!site.reaches(one, site.outside));
  });

  it("a vepa guest and one in bridge mode reach each other through hairpin, and not without", () => {
    const { site, one, other } = two("vepa", "bridge");
    for (const hairpin of [false, true]) {
      site.hairpin(hairpin);
      assert.equal(site.reaches(one, other), hairpin);
      assert.equal(site.reaches(other, one), hairpin);
    }
  });

  it("private guests reach each other through hairpin once they know each other's addresses, and through a router", () => {
    const { site, one, other } = two("private", "private");
    assert(!site.reachesUnicast(one, other));
    site.hairpin(true);
    assert(!site.reaches(one, other));
    assert(site.reachesUnicast(one, other));
    site.hairpin(false);
    site.routed(one, other);
    assert(site.reaches(one, other));
  });
});
