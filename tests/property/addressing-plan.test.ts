/** Plans of addresses and routes against what the kernel does with them: they lead there, and back. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isIpv6, keyOf, partsOf } from "../../provider/link/addresses";
import type { Address, ObservedLink, Route } from "../../provider/link/model";
import type { PlannedStep, Step } from "../../provider/link/plan";
import { planAddressing } from "../../provider/link/plan-around";
import { routeKey } from "../../provider/link/routes";
import { networkOf, parseInternetAddress } from "../../provider/netlink/internet-address";
import { inputsFor, observed } from "../support/link-fixtures";

const ipOf = (address: Address): string => partsOf(address).address.split("/")[0] ?? "";
const bare = (address: Address): Address => {
  const { noDad: _, ...parts } = partsOf(address);
  return Object.keys(parts).length === 1 ? parts.address : parts;
};
const networkIn = (address: Address): string => {
  const [ip = "", length] = partsOf(address).address.split("/");
  const parsed = parseInternetAddress(ip);
  assert(parsed);
  return `${networkOf(parsed, Number(length))}/${length}`;
};

/** A link's addresses and routes, as measured: what goes takes more with it. */
class Model {
  promotes = false;
  constructor(
    public addresses: readonly Address[],
    public routes: readonly Route[],
  ) {}

  /** Whether the kernel takes it. */
  do(step: Step): boolean {
    switch (step.do) {
      case "set sysctls":
        this.promotes = step.values["ipv4.promote_secondaries"] === 1;
        return true;
      case "add address":
        // One that is there is replaced, and only its lifetime.
        if (!this.addresses.some((each) => keyOf(each) === keyOf(step.address)))
          this.addresses = [...this.addresses, bare(step.address)];
        return true;
      case "remove address":
        return this.#remove(keyOf(step.address));
      case "set route": {
        const others = this.routes.filter((each) => routeKey(each) !== routeKey(step.route));
        const { source } = step.route;
        if (others.length < this.routes.length && step.replaces !== true) return false;
        if (source !== undefined && !this.addresses.some((each) => ipOf(each) === source))
          return false;
        this.routes = [...others, step.route];
        return true;
      }
      case "remove route": {
        const left = this.routes.filter((each) => routeKey(each) !== routeKey(step.route));
        const isGone = left.length < this.routes.length;
        this.routes = left;
        return isGone;
      }
      default:
        throw new Error(`no step of addressing: ${step.do}`);
    }
  }

  #remove(key: string): boolean {
    const at = this.addresses.findIndex((each) => keyOf(each) === key);
    const going = this.addresses[at];
    if (going === undefined) return false;
    const isFirst = !this.addresses
      .slice(0, at)
      .some((each) => networkIn(each) === networkIn(going));
    const takesAll = !isIpv6(going) && isFirst && !this.promotes;
    const left = this.addresses.filter(
      (each) => each !== going && !(takesAll && networkIn(each) === networkIn(going)),
    );
    const gone = this.addresses.filter((each) => !left.includes(each)).map(ipOf);
    this.addresses = left;
    this.routes = this.routes.flatMap((route) => {
      const { source, ...rest } = route;
      if (isIpv6(route.destination))
        return [source !== undefined && gone.includes(source) ? rest : route];
      const hasIpv4 = left.some((each) => !isIpv6(each));
      return hasIpv4 && !gone.includes(source ?? "") ? [route] : [];
    });
    return true;
  }

  /** Their order is no difference. */
  snapshot(): unknown {
    const sorted = (all: readonly (Address | Route)[]): string[] =>
      all.map((each) => JSON.stringify(Object.entries(each).sort())).sort();
    return [sorted(this.addresses.map(partsOf)), sorted(this.routes), this.promotes];
  }
}

const address = fc
  .tuple(
    fc.constantFrom("192.0.2.", "198.51.100."),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(undefined, "web:a", "web:b"),
  )
  .map(([network, n, label]): Address => {
    const own = `${network}${n}/24`;
    return label === undefined ? own : { address: own, label };
  });
const six = fc.integer({ min: 1, max: 3 }).map((n): Address => `2001:db8::${n}/64`);
const route = fc.record(
  {
    destination: fc.constantFrom("0.0.0.0/0", "203.0.113.0/24", "::/0", "2001:db8:5::/64"),
    metric: fc.constantFrom(5, 6),
    withSource: fc.nat(),
  },
  { requiredKeys: ["destination"] },
);

/** What a program may declare: each once, sources among its addresses. */
const declared = fc
  .tuple(
    fc.uniqueArray(fc.oneof(address, six), { selector: keyOf, maxLength: 6 }),
    fc.uniqueArray(route, {
      selector: ({ destination, metric }) => `${destination} ${metric ?? ""}`,
      maxLength: 4,
    }),
  )
  .map(([addresses, drafts]) => ({
    addresses,
    routes: drafts.flatMap(({ destination, metric, withSource }): Route[] => {
      const own = addresses.filter((each) => isIpv6(each) === isIpv6(destination)).map(ipOf);
      // Without an address of IPv4 there are none of its routes.
      if (own.length === 0 && !isIpv6(destination)) return [];
      const source = withSource === undefined ? undefined : own[withSource % own.length];
      return [
        {
          destination,
          ...(metric !== undefined && { metric }),
          ...(source !== undefined && { source }),
        },
      ];
    }),
  }));

const link = observed(inputsFor());
const shown = ({ addresses, routes, promotes }: Model): ObservedLink => {
  const ipv4 = new Uint8Array(33 * 4);
  const PROMOTE_SECONDARIES = 20;
  if (promotes) ipv4.fill(1, (PROMOTE_SECONDARIES - 1) * 4, PROMOTE_SECONDARIES * 4);
  return {
    ...link,
    conf: { ipv4, ipv6: undefined },
    settings: { ...link.settings, addresses, routes },
  };
};

const run = (model: Model, steps: readonly PlannedStep[]): void => {
  for (const { step } of steps) assert(model.do(step), JSON.stringify(step));
};

describe("a change of addresses and routes, of any into any others", () => {
  it("leads to what is wanted, and never takes away what stays", () => {
    fc.assert(
      fc.property(declared, declared, (before, after) => {
        const model = new Model(before.addresses, before.routes);
        const stays = before.addresses.filter((each) =>
          after.addresses.some((other) => JSON.stringify(other) === JSON.stringify(each)),
        );
        for (const step of planAddressing(after, shown(model), false)) {
          run(model, [step]);
          for (const each of stays)
            assert(model.addresses.some((one) => keyOf(one) === keyOf(each)));
        }
        const wanted = new Model(after.addresses, after.routes);
        wanted.promotes = model.promotes;
        assert.deepEqual(model.snapshot(), wanted.snapshot());
        assert.deepEqual(planAddressing(after, shown(model), false), []);
      }),
    );
  });

  it("cut after any step and taken back, leaves them as they were", () => {
    fc.assert(
      fc.property(declared, declared, fc.nat(), (before, after, cut) => {
        const model = new Model(before.addresses, before.routes);
        const snapshot = model.snapshot();
        const plan = planAddressing(after, shown(model), false);
        const done = plan.slice(0, cut % (plan.length + 1));
        run(model, done);
        // As on the host: what an inverse says is tried, whatever became of it.
        for (const { inverse } of [...done].reverse()) if (inverse) model.do(inverse);
        assert.deepEqual(model.snapshot(), snapshot);
      }),
    );
  });
});
