import assert from "node:assert/strict";
import type { Namespace } from "../../../provider/host/namespaces";
import type { Device } from "../../../provider/link/causes";
import { RTM_DELLINK, RTM_NEWLINKPROP, RTM_SETLINK } from "../../../provider/netlink/constants";
import { Errno } from "../../../provider/netlink/errno";
import { decodeLink } from "../../../provider/netlink/link-message";
import type { NetlinkMessage } from "../../../provider/netlink/message";
import { ScriptedAgent } from "../../support/scripted-agent";

const FOREIGN = "02:00:5e:00:00:01";
const macOf = (n: number): string =>
  `02:00:00:00:${[n >> 8, n & 0xff].map((each) => each.toString(16).padStart(2, "0")).join(":")}`;

describe("deletions in bulk", () => {
  let agent: ScriptedAgent;
  let namespace: Namespace;
  /** Kinds of messages that were sent, in the order of their first. */
  let sent: number[];

  beforeEach(async () => {
    agent = new ScriptedAgent("macvlan", "mark");
    namespace = await agent.host.namespace(undefined);
    sent = [];
    refuse(() => 0);
  });

  function refuse(refusal: (message: NetlinkMessage) => number): void {
    agent.refusal = (message) => {
      sent.push(message.type);
      return refusal(message);
    };
  }

  const isOfGroup = ({ type, body }: NetlinkMessage): boolean =>
    type === RTM_DELLINK && decodeLink(body).index === 0;

  /** Links that are there, as a look shows them. */
  async function links(count: number): Promise<Device[]> {
    const all = Array.from({ length: count }, (_, n) => {
      const link = {
        ...{ ifindex: 10 + n, name: `link${n}`, address: macOf(n) },
        ...{ kind: "macvlan", mtu: 1500, txQueueLength: 0, numTxQueues: 1, numRxQueues: 1 },
        ...{ up: true, group: n, alias: "", altNames: [], addrGenMode: 0, addressMadeBy: 0 },
        ...{ mode: 4, flags: 0, sources: [], broadcastQueueLength: 1000 },
      };
      agent.kernel.links.push(link);
      return agent.host.device(namespace, { ifindex: link.ifindex });
    });
    return (await Promise.all(all)) as Device[];
  }

  const ends = async (devices: readonly Device[]): Promise<string[]> => {
    const all = devices.map((device) => agent.host.delete(namespace, device));
    return (await Promise.allSettled(all)).map((end) =>
      end.status === "fulfilled" ? "gone" : String(end.reason),
    );
  };

  it("are none of a link alone, which is deleted as it is", async () => {
    assert.deepEqual(await ends(await links(1)), ["gone"]);
    assert.deepEqual(sent, [RTM_DELLINK]);
  });

  it("are one of what is asked for together, and another of what comes meanwhile", async () => {
    const devices = await links(7);
    const first = ends(devices.slice(0, 3));
    await new Promise(setImmediate);
    const second = ends(devices.slice(3));
    assert.deepEqual([...(await first), ...(await second)], Array(7).fill("gone"));
    assert.deepEqual(agent.links, []);
    const batch = (size: number): number[] => [
      ...Array<number>(size).fill(RTM_NEWLINKPROP),
      ...Array<number>(size).fill(RTM_SETLINK),
      RTM_DELLINK,
    ];
    assert.deepEqual(sent, [...batch(3), ...batch(4)]);
  });

  it("are bounded: the host has no more than 1,000 changes armed", async () => {
    assert.deepEqual(await ends(await links(501)), Array(501).fill("gone"));
    assert.equal(sent.filter((type) => type === RTM_SETLINK).length, 500);
  });

  it("end one by one where a group is refused, each as it is, and what is left is as it was", async () => {
    const devices = await links(3);
    const [, kept] = structuredClone(agent.kernel.links);
    refuse((message) => {
      if (isOfGroup(message)) return Errno.EBUSY;
      const isKept = message.type === RTM_DELLINK && decodeLink(message.body).index === 11;
      return isKept ? Errno.EBUSY : 0;
    });
    assert.deepEqual(await ends(devices), ["gone", "StepRefused: EBUSY", "gone"]);
    assert.deepEqual(agent.kernel.links, [kept]);
  });

  it("end one by one where the kernel has no alternative names", async () => {
    const devices = await links(3);
    refuse(({ type }) => (type === RTM_NEWLINKPROP ? Errno.EOPNOTSUPP : 0));
    assert.deepEqual(await ends(devices), ["gone", "gone", "gone"]);
    assert.deepEqual(agent.links, []);
  });

  it("leave what has taken an ifindex, and take the others", async () => {
    const devices = await links(3);
    const [, stolen] = agent.kernel.links;
    assert(stolen);
    Object.assign(stolen, { address: FOREIGN, group: 7 });
    const before = structuredClone(stolen);
    assert.deepEqual(await ends(devices), ["gone", "gone", "gone"]);
    assert.deepEqual(agent.kernel.links, [before]);
  });

  it("leave what has taken the ifindex of one that had to wait", async () => {
    const devices = await links(3);
    const first = ends(devices.slice(0, 2));
    await new Promise(setImmediate);
    const second = ends(devices.slice(2));
    const stolen = agent.kernel.links.find(({ ifindex }) => ifindex === 12);
    Object.assign(stolen ?? {}, { address: FOREIGN });
    assert.deepEqual([...(await first), ...(await second)], ["gone", "gone", "gone"]);
    assert.deepEqual(agent.links, ["link2"]);
  });

  it("are unknown to all of them when the connection breaks", async () => {
    const devices = await links(2);
    refuse(() => {
      agent.end();
      return 0;
    });
    for (const end of await ends(devices)) assert.match(end, /the connection was closed/);
  });
});
