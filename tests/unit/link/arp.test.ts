import assert from "node:assert/strict";
import {
  ARP_SYSCTLS,
  type ArpSeen,
  packTag,
  planArpAdditions,
  planArpFirst,
  planArpLast,
  planArpRemovals,
  tableOf,
  tagOf,
  unpackTag,
} from "../../../provider/link/arp";
import type { Settings } from "../../../provider/link/model";
import { failuresOf, inputsFor } from "../../support/link-fixtures";

const FORMER = { "ipv4.arp_announce": 1, "ipv4.arp_ignore": 8, "ipv4.rp_filter": 0 };
const TABLE = tableOf("abcdefghijkl");
const own: Settings = { arp: "own", addresses: ["192.0.2.10/24", "2001:db8::1/64"] };
const seen = (more: Partial<ArpSeen> = {}): ArpSeen => ({
  ...{ rules: [], routes: [], lower: FORMER, former: packTag(FORMER), hasOthers: false },
  ...more,
});

/** A link whose settings of IPv4 are 0, but for the tag. */
function tagged(tag: number): Parameters<typeof planArpLast>[2] {
  const ipv4 = Buffer.alloc(4 * 33);
  ipv4.writeInt32LE(tag, 4 * 11);
  return { conf: { ipv4, ipv6: undefined } } as unknown as Parameters<typeof planArpLast>[2];
}

describe('arp: "own"', () => {
  it("notes the lower device's values in one number, which is never 0", () => {
    for (const values of [FORMER, ARP_SYSCTLS, { ...FORMER, "ipv4.arp_ignore": 0 }])
      assert.deepEqual(unpackTag(packTag(values)), values);
    assert.notEqual(packTag({}), 0);
    assert.equal(tagOf(tagged(0)), undefined);
    assert.equal(tagOf(tagged(packTag(FORMER))), packTag(FORMER));
    // Somebody else's use of it.
    assert.equal(tagOf(tagged(7)), undefined);
  });

  it("has a routing table for each mark, beyond what people and the kernel use", () => {
    const tables = ["abcdefghijkl", "abcdegghijkl", "777777777777", "aaaaaaaaaaaa"].map(tableOf);
    assert.equal(new Set(tables).size, 4);
    for (const table of tables) assert.ok(table > 100_000 && table <= 0xffffffff, String(table));
  });

  it("notes first, changes the lower device then, and takes both back in reverse", () => {
    const [note, change, ...more] = planArpFirst(own, seen(), 0);
    assert.deepEqual(note?.step, { do: "set sysctls", values: { "ipv4.tag": packTag(FORMER) } });
    assert.deepEqual(change?.step, { do: "set lower sysctls", values: ARP_SYSCTLS });
    assert.deepEqual(change?.inverse, { do: "set lower sysctls", values: FORMER });
    assert.deepEqual(more, []);
    const inPlace = seen({ lower: ARP_SYSCTLS });
    assert.deepEqual(planArpFirst(own, inPlace, packTag(FORMER)), []);
    // One in another namespace answers for nobody here.
    assert.deepEqual(planArpFirst(own, seen({ lower: undefined }), 0), []);
  });

  it("has a route for each network and a rule for each address of IPv4, and no others", () => {
    const steps = planArpAdditions(own, seen(), TABLE).map(({ step }) => step);
    const route = { destination: "192.0.2.0/24", source: "192.0.2.10", table: TABLE };
    assert.deepEqual(steps, [
      { do: "set route", route },
      { do: "add rule", from: "192.0.2.10", table: TABLE },
    ]);
    const there = seen({ rules: ["192.0.2.10", "192.0.2.99"], routes: [route] });
    assert.deepEqual(planArpAdditions(own, there, TABLE), []);
    assert.deepEqual(
      planArpRemovals(own, there, TABLE).map(({ step }) => step),
      [{ do: "remove rule", from: "192.0.2.99", table: TABLE }],
    );
  });

  it("puts the lower device back with the last link, and says so to nobody before", () => {
    const shared: Settings = { arp: "shared" };
    const link = tagged(packTag(FORMER));
    const there = { lower: ARP_SYSCTLS };
    const last = planArpLast(shared, seen(there), link).map(({ step }) => step.do);
    assert.deepEqual(last, ["set lower sysctls", "set sysctls"]);
    const others = planArpLast(shared, seen({ ...there, hasOthers: true }), link);
    assert.deepEqual(
      others.map(({ step }) => step.do),
      ["set sysctls"],
    );
    assert.deepEqual(planArpLast({}, seen(there), link), []);
  });

  it("asks for sysctls of the link like any others, and contradicts none", () => {
    const { sysctls } = inputsFor({ arp: "own", addresses: ["192.0.2.1/24"] });
    assert.deepEqual(sysctls, ARP_SYSCTLS);
    const wrong = { arp: "own", addresses: ["192.0.2.1/24"], sysctls: { "ipv4.arp_ignore": 0 } };
    assert.match(failuresOf(wrong).join(), /^arp: "own" needs ipv4\.arp_ignore to be 1/);
    for (const addresses of [undefined, ["2001:db8::1/64"]])
      assert.match(failuresOf({ arp: "own", addresses }).join(), /^arp: .*declare addresses/);
  });
});
