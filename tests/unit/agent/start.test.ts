import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFrame } from "../../../provider/agent/frame";
import { AgentFrame, encodeJson } from "../../../provider/agent/protocol";
import { agentSource, bootProgram } from "../../../provider/agent/source";
import { startAgent } from "../../../provider/agent/start";
import { isHostError } from "../../../provider/errors";
import { localTransport, type LocalOptions } from "../../../provider/transport/local";
import { scriptedTransport } from "../../support/scripted-channel";

const hello = (protocol: number): Buffer =>
  encodeFrame(0, AgentFrame.HELLO, encodeJson({ protocol }));

describe("starting an agent", () => {
  it("takes a program that every login shell leaves alone", () => {
    assert.doesNotMatch(bootProgram("marker", 1), /['!\n]/);
  });

  it("is written in Python 3.6", () => {
    const check = "import ast,sys; ast.parse(sys.stdin.read(), feature_version=(3, 6))";
    execFileSync("python3", ["-c", check], { input: agentSource() });
  });

  it("sends the source after the marker, whatever was printed before it", async () => {
    const transport = scriptedTransport((channel, marker) => {
      channel.say(`Welcome!\nLast login: yesterday\n${marker.slice(0, 9)}`);
      assert.equal(channel.written.length, 0);
      channel.onWrite = (source) => {
        assert.deepEqual(source, agentSource());
        channel.say(hello(1));
      };
      channel.say(`${marker.slice(0, 9)}${marker}`);
    });
    const { hello: said } = await startAgent(transport);
    assert.equal(said.protocol, 1);
  });

  const failures = [
    [
      "noise without end",
      30,
      /more than 64 KiB/,
      scriptedTransport((channel) => channel.say("x".repeat(65_537))),
    ],
    [
      "another protocol",
      30,
      /speaks protocol 2, not 1/,
      scriptedTransport((channel, marker) => {
        channel.say(marker);
        channel.say(hello(2));
      }),
    ],
    ["silence", 0.05, /did not answer within 0.05 seconds/, scriptedTransport(() => undefined)],
    [
      "no frames",
      30,
      /first answer is a frame of/,
      scriptedTransport((channel, marker) => channel.say(`${marker}Traceback`)),
    ],
  ] as const;
  for (const [what, deadlineSeconds, message, transport] of failures) {
    it(`fails at ${what}, and lets go`, async () => {
      await assert.rejects(startAgent(transport, { deadlineSeconds }), message);
      assert.ok(transport.channel.destroyed);
    });
  }

  describe("here", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "pmv-"))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const program = (name: string, script: string): string => {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const fails = (options: LocalOptions, message: RegExp): Promise<void> =>
      assert.rejects(startAgent(localTransport(options)), (error) => {
        assert.ok(isHostError(error));
        assert.equal(error.kind, "broken");
        assert.match(error.message, message);
        return true;
      });

    it("says which interpreters were looked for", () =>
      fails(
        { python: "python9" },
        /No Python interpreter was found; looked for python9.*connection\.python/,
      ));

    it("says that sudo is missing", () => {
      program("python3", "exit 0");
      return fails({ sudo: true, searchPath: folder }, /sudo was asked for and is not in PATH/);
    });

    it("explains sudo's wish for a password", () => {
      program("python3", "exit 0");
      program("sudo", `test "$1 $2" = "-n --" && echo "sudo: a password is required" >&2; exit 1`);
      return fails({ sudo: true, searchPath: folder }, /sudo asks for a password.*NOPASSWD/);
    });

    it("runs the interpreter through sudo", async () => {
      program("sudo", `shift 2; exec "$@"`);
      const searchPath = `${folder}:${process.env["PATH"]}`;
      const { channel, hello: said } = await startAgent(localTransport({ sudo: true, searchPath }));
      assert.equal(said.protocol, 1);
      await new Promise<void>((resolve) => {
        channel.onEnd(() => resolve());
        channel.close();
      });
    });

    it("gives sudo a password when it asks, and nobody else", async () => {
      const searchPath = `${folder}:${process.env["PATH"]}`;
      const ask = 'printf %s "$3" >&2; read -r said; test "$said" = "a secret" || exit 1;';
      for (const script of [ask, ""]) {
        program("sudo", `${script} shift 4; exec "$@"`);
        const { channel } = await startAgent(localTransport({ sudo: "a secret", searchPath }));
        channel.destroy();
      }
    });

    it("says that sudo refused the password, and does not give it again", () => {
      const ask = 'printf %s "$3" >&2; read -r said;';
      const complain = "echo sudo: $n incorrect password attempt >&2; exit 1";
      program("sudo", `n=1; ${ask} ${ask} test -z "$said" && ${complain}; sleep 30`);
      const searchPath = `${folder}:${process.env["PATH"]}`;
      return fails({ sudo: "canary", searchPath }, /: sudo refused the password\. Look at/);
    });

    it("refuses Python 2, which does not know the options", () =>
      fails(
        { python: program("python2", `echo "Unknown option: -I" >&2; exit 2`) },
        /Its Python is 2, too old/,
      ));

    it("refuses an early Python 3 by its version", () =>
      fails(
        { python: program("python3.5", `printf 3.5.2 >&2; exit 64`) },
        /Its Python is 3\.5\.2, too old/,
      ));

    it("repeats what an interpreter said when it failed", () =>
      fails(
        { python: program("python3", "echo broken library >&2; exit 1") },
        /status 1, saying: broken library/,
      ));
  });
});
