import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELD_NAMES } from "../../../provider/link/connection-fields";
import { PROPERTIES, PROPERTY_NAMES } from "../../../provider/link/properties";
import { page, PAGE } from "../../../scripts/reference/main";
import { outputsIn } from "../../../scripts/reference/outputs";

/** The cells of the row that begins with that name. */
function row(name: string): string[] {
  const line = page()
    .split("\n")
    .find((each) => each.startsWith(`| \`${name}\` |`));
  assert.ok(line !== undefined, `${name} has no row`);
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("the page of properties", () => {
  it("is committed as the table says", () => {
    assert.equal(readFileSync(PAGE, "utf8"), page(), "run scripts/reference/main.ts");
  });

  it("has a row for each property, each with as many cells as the head", () => {
    for (const name of PROPERTY_NAMES) {
      assert.equal(row(name).length, 7, name);
      assert.equal(row(name).at(-1), PROPERTIES[name].doc);
    }
  });

  it("says range, unit, default, kind of change, where it holds and where the kernel keeps it", () => {
    const cells = (name: string): string[] => row(name).slice(1, -1);
    assert.deepEqual(cells("txQueueLength"), [
      "integer, 0 to 2147483647 (packets)",
      "left alone; reset to macvlan: `1000`; macvtap: `500`",
      "live",
      "everywhere",
      "`IFLA_TXQLEN`",
    ]);
    assert.deepEqual(cells("mode").slice(1, 3), ['`"vepa"`', "replacement"]);
    assert.deepEqual(cells("mtu")[1], "the lower device's MTU");
    assert.equal(
      cells("addrGenMode")[1],
      'macvlan: left alone; reset to `"eui64"`; macvtap: `"none"`',
    );
    assert.match(cells("tap")[3] ?? "", /^macvtap: a macvlan has no tap device$/);
    assert.match(cells("noPromisc")[3] ?? "", /^mode passthru: only a passthru link/);
  });

  it("has a row for each field of a connection, and says which are secrets", () => {
    for (const field of FIELD_NAMES) assert.equal(row(field).length, 5, field);
    assert.deepEqual(row("port").slice(1, 4), [
      "integer, 1 to 65535",
      "ssh_config's, else 22",
      "hop",
    ]);
    assert.deepEqual(row("deadline")[1], "integer, 1 to 3600 (seconds)");
    assert.deepEqual([row("password")[3], row("proxy")[3]], ["hop; secret", "SSH"]);
  });

  it("has the outputs that are no properties, with their comments", () => {
    assert.deepEqual(row("ifindex").slice(1, 3), ["`number`", "both"]);
    assert.deepEqual(row("tapDevice").slice(1, 3), ["`string \\| undefined`", "`Macvtap`"]);
    assert.match(row("tapDevice")[3] ?? "", /^Path of the tap device on the host/);
    assert.equal(row("lxcConfig")[2], "`Macvlan`");
    assert.equal(row("mtu").length, 7);
  });

  it("takes outputs from a class alone, and notices when that is gone", () => {
    const source =
      "class A {\n  /** One. */\n  declare readonly a: pulumi.Output<string>;\n  b = 1;\n}";
    const output = { name: "a", className: "A", type: "string", doc: "One." };
    assert.deepEqual(outputsIn(source, "A"), [output]);
    assert.throws(() => outputsIn(source, "B"), /there is no class B/);
  });

  it("is checked and explained by its script", () => {
    const run = (option: string): { status: number | null; stdout: string } => {
      const script = join(__dirname, "../../../scripts/reference/main.ts");
      const args = ["--require", "ts-node/register/transpile-only", script, option];
      return spawnSync(process.execPath, args, { encoding: "utf8" });
    };
    assert.match(run("--help").stdout, /^Usage: /);
    assert.equal(run("--check").status, 0);
    assert.equal(run("--chekc").status, 2);
  });
});
