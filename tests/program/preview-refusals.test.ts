/** What can be known at preview is said at preview, with the name of the property. */
import assert from "node:assert/strict";
import { useLinkProgram } from "../support/link-program";

const refused: readonly [what: string, body: string, why: RegExp][] = [
  [
    "a bad name",
    'new Macvlan("one", { ...host, name: "far too long a name" })',
    /property name value .*"far too long a name"/,
  ],
  [
    "a bad MAC address",
    'new Macvlan("one", { ...host, macAddress: "01:00:5e:00:00:01" })',
    /property macAddress .*01:00:5e/,
  ],
  [
    "an unknown property",
    'new Macvlan("one", { ...host, moed: "bridge" })',
    /property moed .*did you mean mode\?/,
  ],
  [
    "a lower device that is not there",
    'new Macvlan("one", { ...host, lowerDevice: "lowre" })',
    /property lowerDevice .*lowre/,
  ],
  [
    "a namespace that is not there",
    'new Macvlan("one", { ...host, netns: "nowhere" })',
    /property netns .*nowhere/,
  ],
  [
    "an MTU above the lower device's",
    'new Macvlan("one", { ...host, mtu: 9000 })',
    /property mtu .*1500/,
  ],
  [
    "two resources that want one name",
    'new Macvlan("one", { ...host, name: "same" }); new Macvtap("two", { ...host, name: "same" })',
    /property name .*Another resource of this program makes a link called "same"/,
  ],
  [
    "a passthru link beside a sibling",
    'new Macvlan("one", { ...host, mode: "passthru" }); new Macvlan("two", host)',
    /property mode .*passthru link must be the only one/,
  ],
];

describe("a preview", function () {
  this.timeout(60_000);
  const story = useLinkProgram();

  for (const [what, body, why] of refused) {
    it(`refuses ${what}`, async () => {
      const stack = story();
      stack.write(body);
      assert.match(await stack.fail("preview"), why);
    });
  }

  it("names every fault of a resource at once", async () => {
    const stack = story();
    stack.write('new Macvlan("one", { ...host, name: "a/b", mtu: 12, mode: "brigde" })');
    const said = await stack.fail("preview");
    for (const property of ["name", "mtu", "mode"])
      assert.match(said, new RegExp(`property ${property} `));
  });

  it("does not refuse a lower device that something else will make first", async () => {
    const stack = story();
    stack.write(`
      const first = new Macvlan("first", host);
      new Macvlan("later", { ...host, lowerDevice: "made-later" }, { dependsOn: [first] });
    `);
    assert.match((await stack.succeed("preview")).stdout, /3 to create/);
  });

  it("made nothing in all this", () => assert.deepEqual(story().links(), []));
});
