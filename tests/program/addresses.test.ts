/** Addresses and routes in the hands of the real CLI, on a link with one more that somebody else added. */
import assert from "node:assert/strict";
import { addressesShown, routesShown } from "../support/ip-around";
import { useLinkProgram } from "../support/link-program";

const text = (addresses: readonly string[], routes: readonly object[]): string =>
  ["Macvlan", "Macvtap"]
    .map((kind, at) => {
      const own = (each: string): string => each.replace("<n>", `${at + 1}`);
      const args = JSON.stringify({ mode: "bridge", addresses: addresses.map(own), routes });
      return `new ${kind}("${kind.toLowerCase()}", { ...host, ...${args} });`;
    })
    .join("\n");

const NAMES = ["macvlan", "macvtap"] as const;
const SIX = "2001:db8:<n>::10/64";
const FIRST = ["198.51.100.<n>/32", "192.0.<n>.10/24", SIX];
const SECOND = ["198.51.100.<n>/32", "192.0.<n>.11/24", SIX, "2001:db8:<n>::11/64"];
const at = (addresses: readonly string[], n: number): string[] =>
  addresses.map((each) => each.replace("<n>", `${n}`)).sort();

describe("addresses and routes", function () {
  this.timeout(240_000);
  const story = useLinkProgram();
  const shown = (name: string): string[] => addressesShown(story().lab, story().netns, name);
  const routesOf = (name: string) => routesShown(story().lab, story().netns, name);

  it("are made, and a second up changes nothing", async () => {
    const stack = story();
    await stack.up(text(FIRST, []));
    for (const [n, name] of NAMES.entries()) assert.deepEqual(shown(name), at(FIRST, n + 1));
    assert.match((await stack.succeed("up")).stdout, /3 unchanged/);
  });

  it("are changed one by one, beside what others add", async () => {
    const stack = story();
    const life = ["valid_lft", "600", "preferred_lft", "600"];
    for (const name of NAMES) stack.ip("address", "add", "203.0.113.77/24", "dev", name, ...life);
    await stack.up(text(SECOND, []));
    for (const [n, name] of NAMES.entries())
      assert.deepEqual(shown(name), [...at(SECOND, n + 1), "203.0.113.77/24"].sort());
    assert.match((await stack.succeed("refresh")).stdout, /3 unchanged/);
  });

  it("that somebody took away are drift, and come back", async () => {
    const stack = story();
    for (const [n, name] of NAMES.entries())
      stack.ip("address", "delete", `192.0.${n + 1}.11/24`, "dev", name);
    const { stdout } = await stack.succeed("refresh", { args: ["--diff"] });
    assert.match(stdout, /addresses/);
    assert.match(stdout, /- *\[1\]: "192\.0\.1\.11\/24"|"192\.0\.1\.11\/24" =>/);
    await stack.succeed("up");
    for (const [n, name] of NAMES.entries())
      assert.deepEqual(shown(name), [...at(SECOND, n + 1), "203.0.113.77/24"].sort());
  });

  it("that two links want are refused at preview", async () => {
    const stack = story();
    stack.write(text(["192.0.2.10/24"], []));
    assert.match(await stack.fail("preview"), /in the same namespace has 192\.0\.2\.10 too/);
    stack.write(text(SECOND, [{ destination: "198.18.0.0/15" }]));
    assert.match(
      await stack.fail("preview"),
      /in the same namespace has the route to 198\.18\.0\.0\/15 metric 0 table 254 too/,
    );
  });

  it("go with the property, and routes come and go with theirs", async () => {
    const stack = story();
    const routes = [{ destination: "198.18.0.0/15", gateway: "192.0.1.254", metric: 7 }];
    const one = { mode: "bridge", addresses: ["192.0.1.11/24"], routes };
    await stack.up(`new Macvlan("macvlan", { ...host, ...${JSON.stringify(one)} });`);
    assert.deepEqual(routesOf("macvlan"), routes);
    assert.deepEqual(shown("macvlan"), ["192.0.1.11/24", "203.0.113.77/24"]);
    await stack.up(`new Macvlan("macvlan", { ...host, mode: "bridge" });`);
    assert.deepEqual(routesOf("macvlan"), []);
    assert.deepEqual(shown("macvlan"), ["203.0.113.77/24"]);
    await stack.succeed("destroy");
    assert.deepEqual(stack.links(), []);
  });
});
