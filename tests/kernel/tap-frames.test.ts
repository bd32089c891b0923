import assert from "node:assert/strict";
import type { Mode } from "../../provider/link/model";
import { experimentalFrame, openPacketPort, openTapPort } from "../support/frame-ports";
import { useLab } from "../support/kernel-lab";
import { LinkResource } from "../support/link-resource";
import { useOpened } from "../support/use-opened";

const PEER = "02:00:5e:60:00:99";
const BROADCAST = "ff:ff:ff:ff:ff:ff";

describe("Frames through a tap device", () => {
  const lab = useLab();
  const opened = useOpened();

  for (const mode of ["vepa", "bridge", "private", "passthru"] as const satisfies readonly Mode[]) {
    for (const elsewhere of [false, true]) {
      it(`${mode}${elsewhere ? ", from another namespace" : ""}: to the wire and from it`, async () => {
        const lowerNetns = lab().host();
        const netns = elsewhere ? { netns: lab().namespace() } : {};
        const where = { lowerDevice: "lower", lowerNetns, mode, ...netns };
        const args = { kind: "macvtap", ...where, deleteInUse: true };
        const link = new LinkResource(lab(), args);
        const { tapDevice = "", macAddress = "" } = await link.create();
        const tap = await opened(openTapPort(tapDevice));
        const wire = await opened(openPacketPort(lowerNetns, "wire"));

        for (const to of [PEER, BROADCAST]) {
          const out = experimentalFrame(to, macAddress, `out of ${mode}`);
          await tap.send(out);
          assert.equal((await wire.receive()).toString("hex"), out.toString("hex"));
        }
        for (const to of [macAddress, BROADCAST]) {
          const into = experimentalFrame(to, PEER, `into ${mode}`);
          await wire.send(into);
          assert.equal((await tap.receive()).toString("hex"), into.toString("hex"));
        }
        // Its user loses the device; the link goes all the same.
        await link.delete();
        assert.equal(await link.read(), undefined);
      });
    }
  }

  it("between two bridge links, without the wire", async () => {
    const lowerNetns = lab().host();
    const args = { kind: "macvtap", lowerDevice: "lower", lowerNetns, mode: "bridge" };
    const states = [
      await new LinkResource(lab(), args).create(),
      await new LinkResource(lab(), args).create(),
    ] as const;
    const [first, second] = [
      await opened(openTapPort(states[0].tapDevice ?? "")),
      await opened(openTapPort(states[1].tapDevice ?? "")),
    ];
    const { macAddress: from = "" } = states[0];
    const { macAddress: to = "" } = states[1];
    const frame = experimentalFrame(to, from, "beside");
    await first.send(frame);
    assert.equal((await second.receive()).toString("hex"), frame.toString("hex"));
  });
});
