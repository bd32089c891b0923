/** What is done to links that could cut the connection, and when it does. */
import assert from "node:assert/strict";
import type { Carrier } from "../../../provider/link/carriers";
import type { Device } from "../../../provider/link/causes";
import {
  cutOffBy,
  type Deed,
  deedsOfChange,
  deedsOfCreation,
  deedsOfDeletion,
  deedsOfInputs,
} from "../../../provider/link/cut-offs";
import type { LinkInputs, Settings } from "../../../provider/link/model";
import { complete } from "../../../provider/link/wanted";
import { device, type Given, inputsFor, observed } from "../../support/link-fixtures";

const eth0 = device("eth0", 2);
/** The link of these inputs, as the kernel shows it. */
const made = (inputs: LinkInputs, more: Settings = {}): Device => ({
  ...observed(inputs, more),
  ...{ hardwareType: 1, loopback: false, master: undefined, slaveKind: undefined },
});

const carrying = (...devices: Device[]): ReadonlyMap<number, Carrier> =>
  new Map(
    devices.map((each) => [each.ifindex, { device: each, why: "so it is", isCertain: true }]),
  );
const inWords = ({ property, in: place, device: { ifindex } }: Deed): string =>
  `${property ?? "none"} ${place} ${ifindex}`;

describe("what can cut a connection", () => {
  it("is a passthru link on its lower device, and no other creation", () => {
    assert.deepEqual(deedsOfCreation({ mode: "passthru" }, eth0).map(inWords), ["mode below 2"]);
    for (const mode of ["vepa", "bridge", "private", "source", undefined] as const)
      assert.deepEqual(deedsOfCreation({ ...(mode && { mode }) }, eth0), []);
    assert.deepEqual(deedsOfCreation({ mode: "passthru" }, undefined), []);
  });

  const changes: readonly [what: string, before: Given, after: Given, deeds: string[]][] = [
    ["nothing", {}, {}, []],
    ["what is only seen from outside", {}, { alias: "x", group: 3, txQueueLength: 5 }, []],
    ["down", {}, { adminState: "down" }, ["adminState beside 7"]],
    ["down already", { adminState: "down" }, { adminState: "down" }, []],
    ["up", { adminState: "down" }, {}, []],
    [
      "down, of a passthru link",
      { mode: "passthru" },
      { mode: "passthru", adminState: "down" },
      ["adminState beside 7", "adminState below 2"],
    ],
    ["a smaller MTU", {}, { mtu: 1280 }, []],
    ["an MTU without room for IPv6", {}, { mtu: 1279 }, ["mtu beside 7"]],
    ["a larger MTU, still a small one", { mtu: 500 }, { mtu: 600 }, []],
    [
      "a source address less",
      { mode: "source", sourceMacAddresses: ["02:00:00:00:00:01", "02:00:00:00:00:02"] },
      { mode: "source", sourceMacAddresses: ["02:00:00:00:00:02"] },
      ["sourceMacAddresses beside 7"],
    ],
    [
      "a source address more",
      { mode: "source", sourceMacAddresses: ["02:00:00:00:00:01"] },
      { mode: "source", sourceMacAddresses: ["02:00:00:00:00:01", "02:00:00:00:00:02"] },
      [],
    ],
  ];
  for (const [what, before, after, deeds] of changes)
    it(`is among changes: ${what}`, () => {
      const link = made(inputsFor(before));
      const found = deedsOfChange(complete(inputsFor(after), 1500), link);
      assert.deepEqual(found.map(inWords), deeds);
    });

  it("is seen at preview as what will be done", () => {
    const seen = (link?: Device) => ({ below: [eth0], beside: link ? [link] : [] });
    const deeds = (given: Given, link?: Device, before?: Given): string[] =>
      deedsOfInputs(inputsFor(given), seen(link), before && inputsFor(before), undefined).map(
        inWords,
      );
    assert.deepEqual(deeds({}), []);
    assert.deepEqual(deeds({ mode: "passthru" }), ["mode below 2"]);
    const web = made(inputsFor());
    assert.deepEqual(deeds({}, web, {}), []);
    assert.deepEqual(deeds({ adminState: "down" }, web, {}), ["adminState beside 7"]);
    assert.deepEqual(deeds({ kind: "macvtap" }, web, {}), ["kind beside 7"]);
    assert.deepEqual(deeds({ mode: "passthru" }, web, {}), ["mode below 2", "mode beside 7"]);
    for (const [property, value] of [
      ["name", "other"],
      ["macAddress", "02:00:00:00:00:09"],
      ["lowerDevice", "eth1"],
      ["mode", "bridge"],
    ] as const)
      assert.deepEqual(deeds({ [property]: value }, web, {}), [`${property} beside 7`]);
    // A passthru link that stays as it is takes nothing anew, and one that is gone cannot be deleted.
    const passthru = { mode: "passthru" };
    assert.deepEqual(deeds(passthru, made(inputsFor(passthru)), passthru), []);
    assert.deepEqual(deeds({ kind: "macvtap" }, undefined, {}), []);
  });

  it("is seen at preview of a link that is taken over", () => {
    const found = { ...made(inputsFor()), mark: undefined };
    const inputs = inputsFor({ adopt: true, adminState: "down" });
    const deeds = deedsOfInputs(inputs, { below: [eth0], beside: [found] }, undefined, found);
    assert.deepEqual(deeds.map(inWords), ["adminState beside 7"]);
  });
});

describe("a deed", () => {
  const [deed] = deedsOfCreation({ mode: "passthru" }, eth0);
  const unknown = "it comes over loopback";

  it("is refused where its device carries the connection, with property, reason and cure", () => {
    assert.ok(deed);
    const refused = cutOffBy(deed, { carriers: carrying(eth0), unknown: undefined, ipv6: false });
    assert.equal(refused?.property, "mode");
    assert.equal(
      refused.cause,
      "a passthru link takes all that eth0 receives, and eth0 carries the connection to this host (so it is)",
    );
    assert.match(refused.cure, /another mode.*lowerNetns.*on the host itself/);
    const elsewhere = { carriers: carrying(device("eth1", 3)), unknown, ipv6: true };
    assert.equal(cutOffBy(deed, elsewhere), undefined);
  });

  it("is refused where it is not known, and says so", () => {
    assert.ok(deed);
    const carriers = new Map([[2, { device: eth0, why: "it has an address", isCertain: false }]]);
    const refused = cutOffBy(deed, { carriers, unknown, ipv6: true });
    assert.match(
      refused?.cause ?? "",
      /eth0 may carry .*\(it has an address\); which device does is not known: it comes over loopback$/,
    );
  });

  it("of a small MTU is refused by what the connection speaks", () => {
    const link = made(inputsFor());
    const to = (mtu: number, ipv6: boolean): boolean =>
      deedsOfChange(complete(inputsFor({ mtu }), 1500), link).some(
        (each) =>
          cutOffBy(each, { carriers: carrying(link), unknown: undefined, ipv6 }) !== undefined,
      );
    assert.deepEqual(
      [to(1280, true), to(1279, true), to(576, false), to(575, false)],
      [...[false, true, false, true]],
    );
  });

  it("of a deletion names the change that makes it necessary", () => {
    const link = made(inputsFor());
    const state = { carriers: carrying(link), unknown: undefined, ipv6: false };
    const plain = deedsOfDeletion(link).map((each) => cutOffBy(each, state));
    assert.equal(plain[0]?.property, undefined);
    assert.match(plain[0]?.cause ?? "", /^web would be deleted, and web carries/);
    const [remade] = deedsOfDeletion(link, "mode").map((each) => cutOffBy(each, state));
    assert.equal(remade?.property, "mode");
    assert.match(remade.cause, /^web would be deleted and made anew, and web carries/);
  });
});
