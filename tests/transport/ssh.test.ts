/** An SSH connection of our own to a real sshd: the suite of all transports, and who is let in and trusted. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "../../provider/host/session";
import { sshTransport, type SshOptions } from "../../provider/transport/ssh";
import { eventually } from "../support/processes";
import { Ssh2Server } from "../support/ssh2-server";
import {
  answers as answersBy,
  hopTo as hop,
  refusal as refusalBy,
  sshTo as to,
} from "../support/ssh-to";
import { makeKey, Sshd } from "../support/sshd";
import { isCompliant } from "./compliance";

let sshd: Sshd;
let folder: string;

const without = ({ privateKeyPath: _, ...options }: SshOptions): SshOptions => options;

describe("ssh", () => {
  before(async function () {
    this.timeout(30_000);
    sshd = await Sshd.start({ config: ["RekeyLimit 256K"] });
    folder = mkdtempSync(join(tmpdir(), "pmv-ssh-"));
  });
  after(() => {
    sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // With a new key exchange every 256 KiB, which the suite's larger answers go through.
  isCompliant("ssh2", () => sshTransport(to(sshd)), { reachesStopped: false });

  const answers = (options: SshOptions): Promise<number> => answersBy(sshTransport(options));
  const refusal = (options: SshOptions): Promise<string> => refusalBy(sshTransport(options));

  const fingerprint = (line: string): string =>
    execFileSync("ssh-keygen", ["-lf", "-"], { input: line, encoding: "utf8" }).split(" ")[1] ?? "";
  const hostKey = (type: string): string =>
    sshd.hostKeys.find((line) => line.includes(type)) ?? assert.fail();
  const knownHosts = (...lines: string[]): string[] => {
    const path = join(folder, `known-${Math.random()}`);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    return [path];
  };
  const name = (): string => `[${sshd.address}]:${sshd.port}`;

  describe("a host key", () => {
    it("that is not known is refused before anybody logs in, with the ways to know it", async () => {
      const before = sshd.log().length;
      const said = await refusal(to(sshd, { knownHosts: [] }));
      assert.match(said, /its host key ssh-ed25519 SHA256:\S+ is not known/);
      assert.ok(said.includes(fingerprint(hostKey("ed25519"))));
      assert.match(said, /connection\.hostKeyFingerprint/);
      assert.doesNotMatch(sshd.log().slice(before), /Accepted|Failed|userauth/);
    });

    it("that has changed is refused, with both fingerprints, and the file stays", async () => {
      const other = readFileSync(`${makeKey(join(folder, "other"), "ed25519")}.pub`, "utf8").trim();
      for (const hostKeyPolicy of ["strict", "accept-new"] as const) {
        const files = knownHosts(`${name()} ${other}`);
        const said = await refusal(to(sshd, { knownHosts: files, hostKeyPolicy }));
        assert.match(said, /has changed/);
        for (const key of [hostKey("ed25519"), other]) assert.ok(said.includes(fingerprint(key)));
        assert.equal(readFileSync(files[0] ?? "", "utf8"), `${name()} ${other}\n`);
      }
    });

    it("of the one type that is known is asked for", async () => {
      await answers(to(sshd, { knownHosts: knownHosts(`${name()} ${hostKey("ssh-rsa")}`) }));
    });

    it("is found under a hashed name, and not under one that a pattern excludes", async () => {
      const files = knownHosts(`${name()} ${hostKey("ed25519")}`);
      execFileSync("ssh-keygen", ["-H", "-f", files[0] ?? ""], { stdio: "ignore" });
      assert.match(readFileSync(files[0] ?? "", "utf8"), /^\|1\|/);
      await answers(to(sshd, { knownHosts: files }));
      const excluded = knownHosts(`*,!${name()},!${sshd.address} ${hostKey("ed25519")}`);
      assert.match(await refusal(to(sshd, { knownHosts: excluded })), /is not known/);
    });

    it("that is revoked is refused, pinned or not", async () => {
      const files = knownHosts(
        `@revoked * ${hostKey("ed25519")}`,
        `${name()} ${hostKey("ed25519")}`,
      );
      for (const hostKeyPolicy of ["strict", "accept-new"] as const)
        assert.match(
          await refusal(to(sshd, { knownHosts: files, hostKeyPolicy })),
          /is revoked, by .*:1/,
        );
      const pinned = { knownHosts: files, hostKey: hostKey("ed25519") };
      assert.match(await refusal(to(sshd, pinned)), /is revoked/);
    });

    it("that is pinned needs no file, and no other is taken", async () => {
      const [ed25519, ecdsa] = [hostKey("ed25519"), hostKey("ecdsa")];
      await answers(to(sshd, { knownHosts: [], hostKey: ecdsa }));
      await answers(to(sshd, { knownHosts: [], hostKeyFingerprint: fingerprint(ed25519) }));
      const wrong = to(sshd, { hostKeyFingerprint: fingerprint(ecdsa) });
      assert.match(await refusal(wrong), /the connection pins SHA256:/);
    });

    it("that is new is noted where asked, and held to from then on", async () => {
      const path = join(folder, "new", "known_hosts");
      const accept = to(sshd, { knownHosts: [path], hostKeyPolicy: "accept-new" });
      await answers(accept);
      const noted = readFileSync(path, "utf8");
      assert.match(noted, /^\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n$/);
      await answers(accept);
      await answers(to(sshd, { knownHosts: [path] }));
      assert.equal(readFileSync(path, "utf8"), noted);
    });
  });

  describe("a login", () => {
    const encrypted = (): string => makeKey(join(folder, "encrypted"), "ed25519", "canary-phrase");

    it("may be by an encrypted key, and says what is missing or wrong", async function () {
      this.timeout(30_000);
      const key = encrypted();
      const server = await Sshd.start({ userKey: key, hostKeyTypes: ["ed25519"] });
      try {
        await answers(to(server, { privateKeyPassword: "canary-phrase" }));
        const text = readFileSync(key, "utf8");
        const inline = (privateKeyPassword: string): SshOptions =>
          without(to(server, { privateKey: text, privateKeyPassword }));
        await answers(inline("canary-phrase"));
        assert.match(await refusal(to(server)), /encrypted, and there is no connection\.private/);
        const wrong = await refusal(inline("canary-wrong"));
        assert.match(wrong, /privateKeyPassword does not open it/);
        assert.doesNotMatch(wrong, /canary/);
        for (const line of text.split("\n").slice(1, -2)) assert.ok(!wrong.includes(line));
      } finally {
        server.stop();
      }
    });

    it("may be by an agent's key", async () => {
      const socket = join(folder, "agent");
      const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
      try {
        await eventually("the agent listens", () => {
          try {
            execFileSync("ssh-add", ["-q", sshd.userKey], {
              env: { ...process.env, SSH_AUTH_SOCK: socket },
              stdio: "ignore",
            });
            return true;
          } catch {
            return false;
          }
        });
        await answers(without(to(sshd, { agentSocketPath: socket })));
      } finally {
        agent.kill();
      }
    });

    it("that is not granted says what was tried and what is taken", async () => {
      const stranger = makeKey(join(folder, "stranger"), "ed25519");
      const said = await refusal(to(sshd, { privateKeyPath: stranger, user: "root" }));
      assert.match(said, /does not let root in \(tried: key .*stranger; it takes publickey/);
      assert.match(said, /privateKeyPath/);
    });
  });

  describe("the way to a host", () => {
    it("may lead through others, each with a key of its own", async function () {
      this.timeout(30_000);
      const jump = await Sshd.start({ hostKeyTypes: ["ed25519"] });
      try {
        const proxy = [hop(jump)];
        await answers(to(sshd, { proxy }));
        assert.match(jump.log(), /Accepted publickey/);
        const said = await refusal(to(sshd, { proxy: [{ ...hop(jump), knownHosts: [] }] }));
        assert.ok(said.includes(`${jump.address}:${jump.port}`));
        assert.match(said, /is not known/);
      } finally {
        jump.stop();
      }
    });

    it("that breaks in the middle ends everything that waits", async function () {
      this.timeout(30_000);
      const jump = await Sshd.start({ hostKeyTypes: ["ed25519"] });
      const proxy = [hop(jump)];
      const session = await Session.start(sshTransport(to(sshd, { proxy })));
      sshd.signal("SIGSTOP");
      try {
        const waiting = Promise.allSettled([session.open(null), session.open(null)]);
        jump.stop();
        for (const { status } of await waiting) assert.equal(status, "rejected");
      } finally {
        sshd.signal("SIGCONT");
        await session.close();
      }
    });

    it("where nothing listens, or nobody answers, is told so in time", async () => {
      const tarpit = createServer();
      await new Promise<void>((resolve) => tarpit.listen(0, "127.0.0.1", resolve));
      const { port } = tarpit.address() as AddressInfo;
      const silent = await refusal(to(sshd, { port, perDialTimeout: 0.3 }));
      assert.match(silent, /did not finish the login in time/);
      tarpit.close();
      assert.match(await refusal(to(sshd, { port })), /nothing listens on that port/);
    });
  });

  // As it comes from sshd on a busy machine: begin and end of the channel in one piece.
  for (const [how, code, said] of [
    ["a status", 3, /exited with status 3/],
    ["a signal", "KILL", /was killed by SIGKILL/],
    ["no word of why", undefined, /the agent's connection was closed/],
  ] as const)
    it(`tells how an agent ended that ended at once, with ${how}`, async () => {
      const server = await Ssh2Server.start((_command, accept) => {
        const channel = accept();
        if (code !== undefined) channel.exit(code as number);
        channel.close();
      });
      try {
        assert.match(await refusal(to(server)), said);
      } finally {
        server.stop();
      }
    });
});
