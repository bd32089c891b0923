/** Routes in a program's words and in the kernel's. */
import assert from "node:assert/strict";
import type { Route } from "../../../provider/link/model";
import { routesSeen, toRemovedRoute, toRouteMessage } from "../../../provider/link/routes";
import { failuresOf, inputsFor } from "../../support/link-fixtures";

const ACCEPTED: readonly [given: object, route: Route][] = [
  [{ destination: "default" }, { destination: "0.0.0.0/0" }],
  [
    { destination: "default", gateway: "2001:DB8::FE" },
    { destination: "::/0", gateway: "2001:db8::fe" },
  ],
  [
    { destination: "default", source: "2001:db8::1" },
    { destination: "::/0", source: "2001:db8::1" },
  ],
  [{ destination: "198.51.100.7" }, { destination: "198.51.100.7/32" }],
  [{ destination: "2001:DB8::7" }, { destination: "2001:db8::7/128" }],
  [
    { destination: "198.51.100.0/24", metric: "0", table: 254, onLink: false },
    { destination: "198.51.100.0/24" },
  ],
  [{ destination: "2001:db8:5::/64", metric: 1024 }, { destination: "2001:db8:5::/64" }],
  [
    { destination: "198.51.100.0/24", gateway: "2001:db8::fe", metric: 5, table: 1000 },
    { destination: "198.51.100.0/24", gateway: "2001:db8::fe", metric: 5, table: 1000 },
  ],
];

const REFUSED: readonly [given: unknown, failure: RegExp][] = [
  ["default", /^routes\[0\]: /],
  [{ gateway: "192.0.2.254" }, /^routes\[0\]\.destination: /],
  [{ destination: "home" }, /^routes\[0\]\.destination: .*write "default"/],
  [{ destination: "198.51.100.7/24" }, /not a network; write "198\.51\.100\.0\/24"/],
  [{ destination: "2001:db8::7/64" }, /not a network; write "2001:db8::\/64"/],
  [{ destination: "::/0", gateway: "192.0.2.254" }, /^routes\[0\]\.gateway: .*IPv6 route/],
  [{ destination: "198.51.100.0/24", source: "::2" }, /^routes\[0\]\.source: .*family/],
  [{ destination: "default", onLink: true }, /^routes\[0\]\.onLink: .*gateway/],
  [{ destination: "default", table: 0 }, /^routes\[0\]\.table: /],
  [{ destination: "default", via: "192.0.2.254" }, /^routes\[0\]\.via: /],
];

describe("routes", () => {
  for (const [given, route] of ACCEPTED)
    it(`are ${JSON.stringify(given)}`, () =>
      assert.deepEqual(inputsFor({ routes: [given] }).routes, [route]));
  for (const [given, failure] of REFUSED)
    it(`are not ${JSON.stringify(given)}`, () => {
      const failures = failuresOf({ routes: [given] });
      assert.equal(failures.length, 1, failures.join());
      assert.match(failures[0] ?? "", failure);
    });

  it("are there once each, and need a link that is up", () => {
    const by = (gateway: string): object => ({ destination: "default", gateway });
    const twice = failuresOf({ routes: [by("192.0.2.1"), by("192.0.2.2")] });
    assert.match(twice.join(), /^routes\[1\]: /);
    const down = failuresOf({ routes: [by("192.0.2.1")], adminState: "down" });
    assert.match(down.join(), /^routes: a link that is down has no routes/);
  });

  for (const [, route] of ACCEPTED)
    it(`are read as they are written: ${JSON.stringify(route)}`, () => {
      const message = toRouteMessage(route, 7);
      // The kernel says its own metric of IPv6.
      const { attributes } = message;
      const metric = route.metric ?? (route.destination.includes(":") ? 1024 : undefined);
      const shown = {
        ...message,
        attributes: { ...attributes, ...(metric !== undefined && { RTA_PRIORITY: metric }) },
      };
      assert.deepEqual(routesSeen([shown], [route]), [route]);
      assert.deepEqual(routesSeen([shown], [{ ...route, metric: 99 }]), []);
    });

  it("are removed whatever their gateway has become", () => {
    const route = { destination: "0.0.0.0/0", gateway: "192.0.2.254", source: "192.0.2.1" };
    const { attributes } = toRemovedRoute(route, 7);
    assert.deepEqual(attributes, { RTA_OIF: 7, RTA_TABLE: 254 });
  });
});
