import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BridgePort, Macvlan, type MacvlanArgs } from "../../../sdk";

/** What a program of such links is warned of. */
async function warnings(
  links: readonly Partial<MacvlanArgs>[],
  more: () => void = () => undefined,
): Promise<string[]> {
  const said: string[] = [];
  const { warn } = pulumi.log;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: ({ inputs }) => inputs as object,
  });
  const log = pulumi.log as { warn: unknown };
  log.warn = async (text: string): Promise<void> => void said.push(text);
  try {
    more();
    links.forEach((link, n) => new Macvlan(`l${n}`, { lowerDevice: "eth0", ...link }));
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    log.warn = warn;
  }
  return said;
}

const bridge = { mode: "bridge" } as const;

describe("warnings of a program", () => {
  it("are none where all hear each other, or where there is one link", async () => {
    assert.deepEqual(await warnings([bridge, bridge, bridge]), []);
    assert.deepEqual(await warnings([{}]), []);
    assert.deepEqual(
      await warnings([{ mode: "passthru" }, { ...bridge, lowerDevice: "eth1" }]),
      [],
    );
  });

  it("are not about links of different hosts, namespaces or lower devices", async () => {
    const elsewhere: readonly Partial<MacvlanArgs>[] = [
      { connection: "hv1" },
      { connection: { host: "hv2" } },
      { lowerNetns: "blue" },
      { lowerDevice: "eth1" },
      {},
    ];
    assert.deepEqual(await warnings(elsewhere), []);
  });

  it("are none where it is known later only which host it is", async () => {
    const connection = { host: pulumi.output("hv1") };
    const later = { connection: { host: pulumi.output(Promise.resolve("hv2")) } };
    assert.deepEqual(
      await warnings([{ connection }, later, { mode: pulumi.output(bridge.mode) }]),
      [],
    );
  });

  it("name the first of each mode, once however many there are", async () => {
    const said = await warnings([bridge, bridge, {}, {}]);
    assert.equal(said.length, 2, said.join("\n"));
    assert.match(said[0] ?? "", /^l1 \(mode bridge\) and l3 \(mode vepa\) on eth0 do not reach/);
    assert.match(said[1] ?? "", /^l2 and l3 on eth0 are in VEPA mode/);
  });

  it("say where no switch helps, since broadcasts do not pass", async () => {
    const [said = ""] = await warnings([bridge, { mode: "private" }]);
    assert.match(said, /do not reach each other: broadcasts do not pass between these modes/);
  });

  it("trust a BridgePort with hairpin to be VEPA's switch", async () => {
    const port = (): void =>
      void new BridgePort("uplink", { connection: "switch", device: "eth1", hairpin: true });
    assert.deepEqual(await warnings([{}, {}], port), []);
  });
});
