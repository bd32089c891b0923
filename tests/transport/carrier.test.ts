/** What would cut the connection by which it is asked for is refused; nothing else is. */
import assert from "node:assert/strict";
import { openHost } from "../../provider/host/open-host";
import type { Connection } from "../../provider/link/model";
import { RTM_GETADDR, RTM_GETROUTE } from "../../provider/netlink/constants";
import { CarriedHost, CLIENT, HOST, type Login } from "../support/carried-host";
import { cutOffChecks } from "../support/cut-off-checks";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";

describe("the agent's own connection", function () {
  this.timeout(60_000);
  const lab = useLab();
  let host: CarriedHost;

  beforeEach(async () => (host = await CarriedHost.start(lab())));
  afterEach(() => host?.stop());

  const { link, isForeseen, isRefused, answers } = cutOffChecks(lab);

  async function refusesPassthru(
    connection: Connection,
    why: RegExp,
    lowerDevice = "card0",
  ): Promise<void> {
    for (const kind of ["macvlan", "macvtap"]) {
      for (const adminState of ["up", "down"]) {
        const args = { kind, lowerDevice, mode: "passthru", adminState };
        const one = link(connection, args);
        await isForeseen(one.check(), "mode", why);
        await isRefused(() => one.createUnchecked(), "mode", why);
      }
    }
    await answers(connection);
  }

  /** It is made, leaves the connection alone, and goes again. */
  async function allows(connection: Connection, args: object): Promise<void> {
    const one = link(connection, args);
    await one.create();
    await answers(connection);
    await one.delete();
    await answers(connection);
  }

  const give = (device: string, address: string): void =>
    void host.ip("addr", "add", address, "dev", device, "nodad");

  const ways: readonly [what: string, to: string, login: Login][] = [
    ["IPv4", HOST.first, {}],
    ["IPv6", HOST.ipv6, {}],
    ["IPv4, as a user who becomes root by sudo", HOST.first, { user: "tester" }],
    ["IPv6, as a user who becomes root by sudo", HOST.ipv6, { user: "tester" }],
  ];
  for (const [what, to, login] of ways) {
    it(`over ${what} is not cut by a passthru link, and another card is free for one`, async () => {
      give("card0", `${HOST.first}/24`);
      give("card0", `${HOST.ipv6}/64`);
      give("card1", `${HOST.second}/24`);
      const connection = host.connection(to, login);
      await refusesPassthru(
        connection,
        /passthru link takes all that card0 receives, and card0 carries/i,
      );
      await allows(connection, { lowerDevice: "card1", mode: "passthru" });
      await allows(connection, { lowerDevice: "card0", mode: "bridge" });
    });
  }

  it("over a link-local address is told by who has that address", async () => {
    give("card0", "fe80::7/64");
    give("card1", "fe80::17/64");
    lab().ip(host.client, "addr", "add", "fe80::1/64", "dev", "far0", "nodad");
    const connection = host.connection("fe80::7%far0");
    await refusesPassthru(connection, /card0 carries/);
    await allows(connection, { lowerDevice: "card1", mode: "passthru" });
  });

  it("over a bridge is not cut by its ports", async () => {
    host.ip("link", "add", "br0", "type", "bridge");
    for (const port of ["card0", "br0"]) host.ip("link", "set", port, "up");
    host.ip("link", "set", "card0", "master", "br0");
    give("br0", `${HOST.first}/24`);
    const connection = host.connection(HOST.first);
    await refusesPassthru(connection, /it is a port of br0, which carries it/);
    await refusesPassthru(connection, /br0 carries .*the route to 192\.0\.2\.1/, "br0");
    await allows(connection, { lowerDevice: "br0", mode: "bridge" });
  });

  it("by rules that look at ports is not where the destination leads", async () => {
    // The service's own address is on loopback, so that nothing but the route tells.
    host.ip("addr", "add", "203.0.113.7/32", "dev", "lo");
    give("card0", `${HOST.first}/24`);
    give("card1", `${HOST.second}/24`);
    lab().ip(host.client, "addr", "add", "203.0.113.1/32", "dev", "lo");
    lab().ip(host.client, "route", "add", "203.0.113.7", "via", HOST.second, "src", "203.0.113.1");
    host.ip("route", "add", "default", "via", CLIENT.first);
    host.ip("route", "add", "default", "via", CLIENT.second, "table", "100");
    host.ip("rule", "add", "ipproto", "tcp", "sport", "22", "lookup", "100");
    assert.match(host.ip("route", "get", "203.0.113.1"), /dev card0/);
    const connection = host.connection("203.0.113.7");
    await refusesPassthru(connection, /card1 carries .*the route to 203\.0\.113\.1/, "card1");
    await allows(connection, { lowerDevice: "card0", mode: "passthru" });
  });

  it("over loopback may come by any device that has an address, and the error says so", async () => {
    give("card0", `${HOST.first}/24`);
    const connection = host.connection("127.0.0.1", { from: host.netns });
    await refusesPassthru(
      connection,
      /card0 may carry .*it has the address 192\.0\.2\.7.*is not known: it comes over loopback/,
    );
    await allows(connection, { lowerDevice: "card1", mode: "passthru" });
  });

  it("that nobody can tell does not keep a link's maker from deleting it with the addresses he gave it", async () => {
    give("card0", `${HOST.first}/24`);
    const connection = host.connection("127.0.0.1", { from: host.netns });
    const declared = { lowerDevice: "card1", addresses: ["198.51.100.7/24", "2001:db8::7/64"] };
    const one = link(connection, declared);
    await one.create();
    const added = ["addr", "add", "203.0.113.9/24", "dev", one.state.name];
    host.ip(...added);
    // A look at the host is good for some seconds; a new session has none.
    await lab().endSession(connection);
    await isRefused(() => one.delete(), undefined, /may carry .*it has the address/);
    host.ip("addr", "del", ...added.slice(2));
    await lab().endSession(connection);
    await one.delete();
    assert.equal(await one.read(), undefined);
  });

  it("over loopback may come by what stands on a device without an address", async () => {
    host.ip("link", "add", "shim", "link", "card0", "type", "macvlan", "mode", "bridge");
    host.ip("link", "set", "shim", "up");
    give("shim", `${HOST.first}/24`);
    const connection = host.connection("127.0.0.1", { from: host.netns });
    await refusesPassthru(connection, /shim, which may carry it, stands on it/);
  });

  it("that is not told by any process is unknown", async () => {
    give("card0", `${HOST.first}/24`);
    const command = [
      "unshare",
      "--pid",
      "--fork",
      "--mount-proc",
      "ip",
      "netns",
      "exec",
      host.netns,
    ];
    const connection = { id: "blind", launcher: { command }, python: "/usr/bin/python3" };
    lab().uses(connection);
    await refusesPassthru(connection, /card0 may carry .* no process that leads to the agent/);
  });

  it("that the agent may not look for is unknown", async () => {
    give("card0", `${HOST.first}/24`);
    const nobody = ["setpriv", "--reuid=65534", "--clear-groups", "--ambient-caps=+net_admin"];
    const command = ["ip", "netns", "exec", host.netns, ...nobody, "--inh-caps=+net_admin"];
    const connection = { id: "unseeing", launcher: { command }, python: "/usr/bin/python3" };
    lab().uses(connection);
    await refusesPassthru(connection, /card0 may carry .* may not look at all of the processes/);
    await allows(connection, { lowerDevice: "card1", mode: "passthru" });
  });

  it("is looked for by no ordinary link, and once for many that are deleted", async () => {
    give("card0", `${HOST.first}/24`);
    const connection = host.connection(HOST.first);
    const { session } = await openHost(connection, lab().config);
    const asked: string[] = [];
    const [file, request] = [session.file.bind(session), session.request.bind(session)];
    session.file = (query) => {
      // Who else works on the host is asked at every preview, and is another question.
      if (query.op !== "processes") asked.push(query.op);
      return file(query);
    };
    session.request = (handle, message) => {
      const type = Buffer.from(message).readUInt16LE(4);
      if (type === RTM_GETADDR || type === RTM_GETROUTE) asked.push(`request ${type}`);
      return request(handle, message);
    };
    const links = Array.from(
      { length: 12 },
      (_, n) =>
        new LinkResource(lab(), { kind: "macvlan", lowerDevice: "card0", connection }, `m${n}`),
    );
    for (const one of links) await one.create();
    for (const one of links) await one.update({ ...one.args, mtu: 1400, alias: "x" });
    assert.deepEqual(asked, []);
    await Promise.all(links.slice(0, 6).map((one) => one.delete()));
    for (const one of links.slice(6)) await one.delete();
    const look = [`request ${RTM_GETADDR}`, "connections", `request ${RTM_GETROUTE}`];
    assert.deepEqual(asked, look);
  });

  it("through a macvlan is not cut below it, in the namespace of its lower device", async () => {
    const [outer, inner] = [lab().namespace(), host.netns];
    lab().veth(outer, "up0", "far2", host.client);
    lab().ip(host.client, "addr", "add", "203.0.113.1/24", "dev", "far2");
    lab().ip(outer, "link", "add", "mv0", "link", "up0", "netns", inner, "type", "macvlan");
    host.ip("link", "set", "mv0", "up");
    give("mv0", "203.0.113.7/24");
    const connection = host.connection("203.0.113.7");
    const lowerNetns = { pid: await lab().process(outer) };
    const one = link(connection, { lowerDevice: "up0", lowerNetns, mode: "passthru" });
    const why = /up0 carries .*mv0, which carries it, stands on it in another namespace/;
    await isForeseen(one.check(), "mode", why);
    await isRefused(() => one.createUnchecked(), "mode", why);
    await answers(connection);
  });

  it("on this machine there is none, and nothing is asked", async () => {
    give("card0", `${HOST.first}/24`);
    const one = new LinkResource(lab(), {
      ...{ kind: "macvlan", lowerDevice: "card0", lowerNetns: host.netns, mode: "passthru" },
    });
    await one.create();
    await one.delete();
  });
});
