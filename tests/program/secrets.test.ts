/** Credentials that stand in a connection: in no file and on no screen, whatever becomes of the run. */
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { useLinkProgram } from "../support/link-program";
import type { SavedResource } from "../support/pulumi-project";
import type { RunResult } from "../support/pulumi-run";

const TAMPERING = join(__dirname, "../support/agent-wrappers/tampering");
const CANARY = "s3cret-canary";
/** What Pulumi saves in the place of a secret. */
const SECRET = "4dabf18193072939515e22adb298388d";

describe("a credential in a connection", function () {
  this.timeout(120_000);
  const story = useLinkProgram();

  /** Checkpoint, backup, history: whatever Pulumi keeps of the stack. */
  function stateFiles(): string[] {
    const top = join(story().project.folder, "../state");
    const entries = readdirSync(top, { recursive: true, encoding: "utf8" });
    return entries.filter((entry) => /\.(json|bak)$/.test(entry)).map((entry) => join(top, entry));
  }

  function assertUnseen(printed: string): void {
    assert.ok(!printed.includes(CANARY), printed);
    const files = stateFiles();
    assert.ok(files.length > 1, files.join());
    for (const file of files) assert.ok(!readFileSync(file, "utf8").includes(CANARY), file);
  }

  const printedBy = ({ stdout, stderr }: RunResult): string => stdout + stderr;

  const isSecret = (value: unknown): boolean =>
    typeof value === "object" && value !== null && SECRET in value;

  /** Which fields of its connection are secrets: in the inputs; in the outputs it is one text. */
  function secretsOf({ inputs, outputs }: SavedResource): string[] {
    const given = Object.entries(inputs?.["connection"] ?? {});
    const secrets = given.filter(([, value]) => isSecret(value)).map(([field]) => field);
    assert.equal(isSecret(outputs?.["connection"]), secrets.length > 0);
    return secrets;
  }

  it("is a secret wherever it is saved; what stands beside it is not", async () => {
    const stack = story();
    const sudo = `"${CANARY}"`;
    const up = await stack.up(
      `new Macvlan("plain", { ...host, connection: { sudo: ${sudo}, deadline: 60 } });
      new Macvlan("later", { ...host, connection: { sudo: pulumi.output(${sudo}) } });
      new Macvlan("whole", { ...host, connection: pulumi.output({ sudo: ${sudo}, deadline: 60 }) });
      new Macvlan("none", { ...host, connection: { sudo: true, deadline: 60 } });`,
      { preview: true, args: ["--diff"] },
    );
    assertUnseen(printedBy(up));
    const refresh = await stack.succeed("refresh", { args: ["--diff"] });
    assertUnseen(printedBy(refresh));
    const { plain, later, whole, none, ...others } = await stack.saved();
    assert.deepEqual(others, {});
    for (const link of [plain, later, whole])
      assert.deepEqual(secretsOf(link ?? assert.fail()), ["sudo"]);
    assert.deepEqual(secretsOf(none ?? assert.fail()), []);
    const kept = JSON.parse(none?.outputs?.["connection"] as string) as unknown;
    assert.deepEqual(kept, { sudo: true, deadline: 60 });
    assert.equal((plain?.inputs?.["connection"] as { deadline?: number }).deadline, 60);
  });

  it("is one in what is saved of a link that is half made", async () => {
    const stack = story();
    await stack.succeed("destroy");
    const [wrapper, tamper] = ["wrapper", "tamper.sh"].map((file) =>
      join(stack.project.folder, file),
    );
    // sudo takes nothing of our environment along.
    const text = `#!/bin/sh\nMACVLAN_TEST_TAMPER=${tamper} exec ${TAMPERING} "$@"\n`;
    stack.project.write("wrapper", text);
    chmodSync(wrapper ?? assert.fail(), 0o755);
    stack.project.write("tamper.sh", `ip -n ${stack.netns} link set dev web mtu 1300\n`);
    stack.write(`new Macvlan("web", { ...host, mtu: 1400,
      connection: { sudo: "${CANARY}", python: ${JSON.stringify(wrapper)} } });`);
    const printed = await stack.fail("up");
    assert.match(printed, /mtu: wanted 1400, found 1300/);
    assertUnseen(printed);
    const { web } = await stack.saved();
    assert.equal(web?.outputs?.["mtu"], 1300);
    assert.deepEqual(secretsOf(web ?? assert.fail()), ["sudo"]);
    stack.reset();
  });

  it("is not shown when the host cannot be reached", async () => {
    const stack = story();
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const hop = {
      host: "127.0.0.1",
      port: 1,
      password: CANARY,
      privateKey: key,
      privateKeyPassword: CANARY,
      dialErrorLimit: 0,
      perDialTimeout: 1,
    };
    for (const connection of [hop, { ...hop, sudo: CANARY, proxy: [hop] }]) {
      stack.write(`new Macvlan("web", { ...host, connection: ${JSON.stringify(connection)} });`);
      assertUnseen(await stack.fail("up", { preview: true, args: ["--diff"] }));
    }
  });

  it("is not shown when the connection is refused", async () => {
    const stack = story();
    // The engine prints a property's value beside a failure, if the failure is of the whole property.
    const refused: readonly (readonly [unknown, RegExp])[] = [
      [`root:${CANARY}@hv1`, /connection\.host.*It is no host name/],
      [[{ host: "hv1", password: CANARY }], /connection\.host.*It is in no connection/],
      [{ password: CANARY }, /connection\.password.*needs no SSH/],
      [
        { host: "hv1", password: `${CANARY}\n`, privateKey: CANARY, hostKey: CANARY },
        /connection\.privateKey.*not the whole text/,
      ],
      [{ host: "hv1", proxy: { host: "h", passwrd: CANARY } }, /proxy\[0\]\.passwrd.*did you mean/],
    ];
    for (const [connection, reason] of refused) {
      stack.write(`new Macvlan("web", { ...host, connection: ${JSON.stringify(connection)} });`);
      const printed = await stack.fail("up", { args: ["--diff"] });
      assert.match(printed, reason);
      assertUnseen(printed);
    }
  });
});
