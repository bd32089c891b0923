/** One program, whatever leads to the host: its links are the same. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { useLinkProgram } from "../support/link-program";
import { SshAgent } from "../support/ssh-agent";
import { makeKey, Sshd } from "../support/sshd";

const CONNECTIONS: Readonly<Record<string, (sshd: Sshd) => object>> = {
  ssh2: (sshd) => over(sshd),
  openssh: (sshd) => ({ ...over(sshd), launcher: "openssh" }),
  "a command": () => ({
    id: "container",
    launcher: { command: ["nsenter", "--net=/proc/self/ns/net"] },
  }),
};

const over = ({ address, port, userKey, knownHosts }: Sshd) => ({
  host: address,
  port,
  user: "root",
  privateKeyPath: userKey,
  knownHosts: [knownHosts],
});

for (const [name, connectionTo] of Object.entries(CONNECTIONS)) {
  describe(`links on a host that is reached by ${name}`, function () {
    this.timeout(240_000);
    const story = useLinkProgram();
    let sshd: Sshd;
    let ifindex: number;

    before(async () => {
      sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
    });
    after(() => sshd?.stop());

    const program = (web: string): string => `
      const connection = ${JSON.stringify(connectionTo(sshd))};
      new Macvlan("web", { ...host, connection, mode: "bridge", ${web} });
      new Macvtap("vm", { ...host, connection, mode: "bridge", tap: { mode: "0640" } });
    `;

    it("are made, over one connection", async () => {
      const stack = story();
      await stack.up(program("mtu: 1400"), { preview: true });
      const web = stack.link("web");
      ({ ifindex } = web);
      assert.deepEqual([web.mtu, web.linkinfo?.info_data?.mode], [1400, "bridge"]);
      assert.ok(stack.link("vm").flags.includes("UP"));
    });

    it("need nothing a second time, nor after a refresh", async () => {
      const stack = story();
      assert.match((await stack.succeed("up")).stdout, /3 unchanged/);
      assert.match((await stack.succeed("refresh")).stdout, /3 unchanged/);
    });

    it("are changed where they live, and remade where they must be", async () => {
      const stack = story();
      await stack.up(program("mtu: 1300"));
      assert.deepEqual([stack.link("web").ifindex, stack.link("web").mtu], [ifindex, 1300]);
      await stack.up(program('mtu: 1300, macAddress: "02:00:00:00:00:77"'));
      assert.notEqual(stack.link("web").ifindex, ifindex);
    });

    it("are put back after somebody changed them", async () => {
      const stack = story();
      stack.ip("link", "set", "dev", "web", "mtu", "1200");
      assert.match((await stack.succeed("refresh")).stdout, /1 updated/);
      await stack.succeed("up");
      assert.equal(stack.link("web").mtu, 1300);
    });

    it("are gone in the end", async () => {
      const stack = story();
      await stack.succeed("destroy");
      assert.deepEqual(stack.links(), []);
    });

    if (name === "ssh2")
      it("took one login for each run", () => {
        // Two for the first up, which has a preview; then up, refresh, two ups, refresh, up, destroy.
        assert.equal(sshd.log().match(/Accepted publickey/g)?.length, 9);
      });
  });
}

describe("a host that is no longer reached", function () {
  this.timeout(240_000);
  const story = useLinkProgram();

  it("fails, keeps or forgets its links, as the user says", async () => {
    const stack = story();
    const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
    const connection = JSON.stringify({ ...over(sshd), dialErrorLimit: 0 });
    await stack.up(`new Macvlan("web", { ...host, connection: ${connection} });`);
    sshd.stop();
    const failed = await stack.fail("destroy");
    assert.match(failed, /nothing listens on that port \(ECONNREFUSED\)/);
    assert.match(failed, /PULUMI_MACVLAN_UNREACHABLE=forget deletes without it/);
    const kept = await stack.succeed("refresh", { env: { PULUMI_MACVLAN_UNREACHABLE: "keep" } });
    assert.match(kept.stdout, /WARNING: Cannot read macvlan web.*believed, unseen/);
    assert.match(kept.stdout, /2 unchanged/);
    const forgotten = await stack.succeed("destroy", {
      env: { PULUMI_MACVLAN_UNREACHABLE: "forget" },
    });
    assert.match(forgotten.stdout, /WARNING: Cannot delete macvlan web.*may still be there/);
    assert.deepEqual(stack.links(), ["web"]);
  });
});

describe("a host whose users' keys have changed since the last run", function () {
  this.timeout(240_000);
  const story = useLinkProgram();

  it("is refreshed by the agent's new key, and destroyed by the environment's", async () => {
    const stack = story();
    const sshd = await Sshd.start({ hostKeyTypes: ["ed25519"] });
    const agent = await SshAgent.start(sshd.folder);
    try {
      const { privateKeyPath: _, ...connection } = over(sshd);
      const privateKey = readFileSync(sshd.userKey, "utf8");
      const text = JSON.stringify({ ...connection, privateKey, dialErrorLimit: 0 });
      await stack.up(`new Macvlan("web", { ...host, connection: ${text} });`);
      const key = makeKey(join(sshd.folder, "new"), "ed25519");
      copyFileSync(`${key}.pub`, `${sshd.userKey}.pub`);
      agent.add(key);
      const refused = await stack.fail("destroy", { env: { SSH_AUTH_SOCK: "" } });
      assert.match(refused, /does not let root in \(tried: the private key given/);
      const refreshed = await stack.succeed("refresh", { env: { SSH_AUTH_SOCK: agent.socket } });
      assert.match(refreshed.stdout, /2 unchanged/);
      await stack.succeed("destroy", {
        env: { SSH_AUTH_SOCK: "", PULUMI_MACVLAN_PRIVATE_KEY_PATH: key },
      });
      assert.deepEqual(stack.links(), []);
    } finally {
      agent.stop();
      sshd.stop();
    }
  });
});
