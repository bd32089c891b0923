/** Who reaches whom, for all that a program may ask, against the measured table. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { MODES } from "../../provider/link/model";
import { hearEachOther, type Receiver, type Sender } from "../../provider/link/reach";
import { curesFor, type Way } from "../../provider/link/reach-cures";
import { REACH_TABLE } from "../../provider/link/reach-table";
import { isWhole, reachability, reachOf } from "../../provider/link/reachability";
import { type LinkStation, placeOf, type Station } from "../../provider/link/station";
import { whyUnreachable } from "../../provider/link/why-unreachable";

const MACS = ["02:00:5e:00:00:01", "02:00:5e:00:00:02", "02:00:5e:00:00:03"];
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const link: fc.Arbitrary<LinkStation> = fc.record({
  mode: some(fc.constantFrom(...MODES)),
  name: some(fc.constantFrom("web", "db")),
  lowerDevice: some(fc.constantFrom("eth0", "eth1")),
  connection: some(fc.constantFrom("hv1", "hv2")),
  macAddress: some(fc.constantFrom(...MACS)),
  sourceMacAddresses: some(fc.subarray(MACS)),
  adminState: some(fc.constantFrom("up" as const, "up" as const, "down" as const)),
});
const station: fc.Arbitrary<Station> = fc.oneof(
  { weight: 5, arbitrary: link },
  fc.constantFrom("lower device" as const, "outside" as const),
  fc.constantFrom(...MACS).map((outside) => ({ outside })),
);
const options = fc.record({
  hairpin: some(fc.boolean()),
  sameNetwork: some(fc.boolean()),
  routerMacAddress: some(fc.constantFrom(...MACS)),
});
const CARD = { name: "eth0", isBridgePort: false, links: [] } as const;
const asked = fc.tuple(station, station, options);

/** A station that stands for a row or a column of the table. */
const standing: Readonly<Record<Exclude<Sender | Receiver, "source">, Station>> = {
  vepa: { mode: "vepa", lowerDevice: "eth0", macAddress: "02:00:5e:00:01:01" },
  bridge: { mode: "bridge", lowerDevice: "eth0", macAddress: "02:00:5e:00:01:02" },
  private: { mode: "private", lowerDevice: "eth0", macAddress: "02:00:5e:00:01:03" },
  passthru: { mode: "passthru", lowerDevice: "eth0" },
  "source, sender listed": { mode: "source", sourceMacAddresses: MACS },
  "source, sender not listed": { mode: "source", sourceMacAddresses: ["02:00:5e:00:09:09"] },
  "lower device": "lower device",
  "lower device under passthru": {
    name: "eth0",
    isBridgePort: false,
    links: [{ mode: "passthru" }],
  },
  outside: "outside",
};

describe("reachability", () => {
  it("is the table, for each of its cells", () => {
    let cells = 0;
    for (const [sender, row] of Object.entries(REACH_TABLE))
      for (const [receiver, cell] of Object.entries(row)) {
        const [mac = ""] = MACS;
        const place = sender === "source" ? "source, sender listed" : sender;
        const from = standing[place as keyof typeof standing];
        // Whoever sends has the address that is listed.
        const a: Station =
          typeof from === "object"
            ? { ...from, macAddress: mac }
            : from === "outside"
              ? { outside: mac }
              : { ...CARD, macAddress: mac };
        const b = standing[receiver as keyof typeof standing];
        for (const hairpin of [false, true]) {
          const { there } = reachability(a, b, { hairpin });
          const heard = hairpin ? cell.on : cell.off;
          const expected = {
            broadcast: ["broadcasts", "everything"].includes(heard),
            unicast: ["unicast", "everything"].includes(heard),
          };
          const { broadcast, unicast } = there;
          assert.deepEqual({ broadcast, unicast }, expected, `${sender} > ${receiver}, ${hairpin}`);
          cells++;
        }
      }
    assert.equal(cells, 92);
  });

  it("turned about is the same", () => {
    fc.assert(
      fc.property(asked, ([a, b, how]) => {
        const { there, back } = reachability(a, b, how);
        assert.deepEqual(reachability(b, a, how), { there: back, back: there });
      }),
    );
  });

  it("of what is not said is what all that might be said have in common", () => {
    fc.assert(
      fc.property(asked, ([a, b, { hairpin: _, ...how }]) => {
        const open = reachability(a, b, how);
        const closed = [false, true].map((hairpin) => reachability(a, b, { ...how, hairpin }));
        for (const way of ["there", "back"] as const)
          for (const cast of ["broadcast", "unicast", "routed"] as const) {
            const [off, on] = closed.map((each) => each[way][cast]);
            assert.equal(open[way][cast], off === on ? off : undefined);
          }
      }),
    );
  });

  it("is known, where all is said that it depends on", () => {
    const told = fc.record({
      mode: fc.constantFrom(...MODES),
      lowerDevice: fc.constantFrom("eth0", "eth1"),
      macAddress: fc.constantFrom(...MACS),
      sourceMacAddresses: fc.subarray(MACS),
    });
    const all = {
      hairpin: fc.boolean(),
      sameNetwork: fc.boolean(),
      routerMacAddress: fc.constantFrom(...MACS),
    };
    fc.assert(
      fc.property(told, told, fc.record(all), (a, b, how) => {
        const { there, back } = reachability(a, b, how);
        for (const { broadcast, unicast, routed } of [there, back])
          for (const answer of [broadcast, unicast, routed]) assert.equal(typeof answer, "boolean");
      }),
    );
  });

  it("agrees with what a preview warns of", () => {
    for (const a of MODES)
      for (const b of MODES)
        for (const hairpin of [false, true]) {
          const of = (mode: typeof a, macAddress: string): LinkStation => ({
            mode,
            macAddress,
            sourceMacAddresses: MACS,
          });
          const { there, back } = reachability(of(a, MACS[0] ?? ""), of(b, MACS[1] ?? ""), {
            hairpin,
          });
          const all = [there.broadcast, there.unicast, back.broadcast, back.unicast];
          assert.equal(
            hearEachOther(a, b, hairpin),
            all.every((each) => each === true),
          );
        }
  });
});

describe("what stands between two", () => {
  it("is nothing exactly where all comes through, and else is said", () => {
    fc.assert(
      fc.property(asked, ([a, b, how]) => {
        const { there, back } = reachability(a, b, how);
        const isWholeWay = [there, back].every(
          ({ broadcast, unicast }) => broadcast === true && unicast === true,
        );
        const [why] = whyUnreachable(a, b, how);
        assert.equal(why === undefined, isWholeWay);
        assert.doesNotMatch(why ?? "", /^(What helps|Packets that go by)/);
      }),
      { numRuns: 2000 },
    );
  });

  it("is gone with each of the cures, and not with a part of one", () => {
    fc.assert(
      fc.property(asked, ([a, b, how]) => {
        const way = { a: placeOf(a, b), b: placeOf(b, a), options: how };
        const helps = (changes: ReturnType<typeof curesFor>[number]): boolean => {
          const after = changes.reduce<Way>((from, { made }) => made(from), way);
          return isWhole(reachOf(after.a, after.b, after.options));
        };
        for (const cure of curesFor(way)) {
          assert.ok(helps(cure));
          for (const change of cure) assert.ok(!helps(cure.filter((each) => each !== change)));
        }
      }),
    );
  });

  it("has a cure wherever both are links", () => {
    fc.assert(
      fc.property(link, link, options, (a, b, how) => {
        const why = whyUnreachable(a, b, how);
        assert.equal(
          why.some((sentence) => sentence.startsWith("What helps: ")),
          why.length > 0,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
