/** A link of ours that carries the connection itself stays as the connection needs it. */
import assert from "node:assert/strict";
import type { Connection } from "../../provider/link/model";
import { CarriedHost, HOST } from "../support/carried-host";
import { cutOffChecks } from "../support/cut-off-checks";
import { useLab } from "../support/kernel-lab";
import { type Arguments, LinkResource } from "../support/link-resource";

describe("the agent's own connection through the host's own macvlan", function () {
  this.timeout(60_000);
  const lab = useLab();
  let host: CarriedHost;

  beforeEach(async () => (host = await CarriedHost.start(lab())));
  afterEach(() => host?.stop());

  const { link, isForeseen, isRefused, answers } = cutOffChecks(lab);
  const give = (device: string, address: string): void =>
    void host.ip("addr", "add", address, "dev", device, "nodad");

  let shim: LinkResource;
  let id: string;
  const over = (to: string): Connection => host.connection(to, { id });
  const shimArgs = { name: "shim", mode: "bridge", macAddress: "02:00:5e:00:53:07" };

  beforeEach(async () => {
    give("card0", `${HOST.first}/24`);
    const made = host.connection(HOST.first);
    ({ id } = made);
    shim = link(made, shimArgs);
    await shim.create();
    give("shim", "203.0.113.7/24");
    give("shim", "2001:db8:7::7/64");
    lab().ip(host.client, "addr", "add", "203.0.113.1/24", "dev", "far0");
    lab().ip(host.client, "addr", "add", "2001:db8:7::1/64", "dev", "far0", "nodad");
  });

  const args = (connection: Connection, more: object): Arguments => ({
    ...{ kind: "macvlan", lowerDevice: "card0", ...shimArgs, ...more, connection },
  });

  it("is not cut by deleting it", async () => {
    const connection = over("203.0.113.7");
    await isRefused(
      () => shim.deleteAs({ ...shim.state, connection }),
      undefined,
      /shim would be deleted, and shim carries the connection/,
    );
    await answers(connection);
    await shim.delete();
  });

  it("is not cut by changes of it, nor by what would make it anew", async () => {
    const connection = over("203.0.113.7");
    for (const [property, change, why] of [
      ["adminState", { adminState: "down" }, /taking shim down/i],
      ["mtu", { mtu: 400 }, /MTU of 400 is too small/],
    ] as const) {
      const wanted = args(connection, change);
      await isForeseen(shim.check(wanted), property, why);
      await isRefused(() => shim.updateTo(shim.unchecked(wanted)), property, why);
    }
    for (const [property, change] of [
      ["macAddress", { macAddress: "02:00:5e:00:53:08" }],
      ["mode", { mode: "private" }],
      ["name", { name: "other" }],
      ["kind", { kind: "macvtap" }],
    ] as const) {
      const checking = shim.check(args(connection, change));
      await isForeseen(checking, property, /^Shim would be deleted and made anew/);
    }
    // What leaves it standing is allowed, with IPv4 an MTU below IPv6's too.
    await shim.updateTo(shim.unchecked(args(connection, { mtu: 1000, alias: "way in" })));
    assert.equal(lab().link(host.netns, "shim")?.mtu, 1000);
    await answers(connection);
  });

  it("is not cut by taking its address, or by routes that win over its own", async () => {
    const connection = over("203.0.113.7");
    const addresses = ["203.0.113.7/24", "203.0.113.8/24"];
    await shim.updateTo(shim.unchecked(args(connection, { addresses })));
    for (const [property, change, why] of [
      ["addresses", { addresses: ["203.0.113.8/24"] }, /taking 203\.0\.113\.7\/24 from shim/i],
      ["addresses", {}, /taking 203\.0\.113\.7\/24 from shim/i],
      [
        "routes",
        { addresses, routes: [{ destination: "203.0.113.1/32", gateway: "203.0.113.99" }] },
        /giving shim a route to 203\.0\.113\.1\/32/i,
      ],
    ] as const) {
      const wanted = args(connection, change);
      await isForeseen(shim.check(wanted), property, why);
      await isRefused(() => shim.updateTo(shim.unchecked(wanted)), property, why);
      await answers(connection);
    }
    const one = { addresses: ["203.0.113.7/24"], routes: [{ destination: "198.18.0.0/15" }] };
    await shim.updateTo(shim.unchecked(args(connection, one)));
    await answers(connection);
    // By another way it may be taken.
    const other = over(HOST.first);
    await shim.updateTo(shim.unchecked(args(other, { addresses: [] })));
    await answers(other);
  });

  it("needs the MTU of IPv6 where it speaks that", async () => {
    const connection = over("2001:db8:7::7");
    const wanted = args(connection, { mtu: 1279 });
    const why = /MTU of 1279 is too small/;
    await isForeseen(shim.check(wanted), "mtu", why);
    await isRefused(() => shim.updateTo(shim.unchecked(wanted)), "mtu", why);
    await answers(connection);
  });

  it("is not cut by taking over a half-made link of the same name", async () => {
    const connection = over("203.0.113.7");
    const again = new LinkResource(lab(), args(connection, { mode: "private" }), shim.resourceName);
    await isRefused(() => again.createUnchecked(), "name", /shim would be deleted and made anew/);
    await answers(connection);
  });

  it("is not cut from another namespace through the lower device", async () => {
    // The connection's socket is in the host's namespace, the link would be in another.
    const connection = host.connection("203.0.113.7");
    const one = link(connection, { mode: "passthru", netns: { pid: await lab().process() } });
    await isForeseen(one.check(), "mode", /card0 carries .*shim, which carries it, stands on it/);
    await isRefused(() => one.createUnchecked(), "mode", /card0 carries/);
    await answers(connection);
  });
});
