/** Addresses in a program's words and in the kernel's. */
import assert from "node:assert/strict";
import { addresses, addressesSeen, toMessage } from "../../../provider/link/addresses";
import type { Address } from "../../../provider/link/model";
import {
  IFA_F_DADFAILED,
  IFA_F_PERMANENT,
  RT_SCOPE_LINK,
} from "../../../provider/netlink/constants";
import type { AddressMessage } from "../../../provider/netlink/address-message";
import { failuresOf, inputsFor } from "../../support/link-fixtures";

const ACCEPTED: readonly [given: unknown, address: Address][] = [
  ["192.0.2.10/24", "192.0.2.10/24"],
  [" 192.0.2.10/24 ", "192.0.2.10/24"],
  ["2001:DB8:0:0::A/64", "2001:db8::a/64"],
  [{ address: "192.0.2.10/24" }, "192.0.2.10/24"],
  [{ address: "192.0.2.10/24", noDad: false, label: null }, "192.0.2.10/24"],
  [
    { address: "192.0.2.10/24", label: "web:x" },
    { address: "192.0.2.10/24", label: "web:x" },
  ],
  [
    { peer: "2001:DB8::2", address: "2001:db8::1/128", noDad: "true" },
    { address: "2001:db8::1/128", peer: "2001:db8::2", noDad: true },
  ],
];

const REFUSED: readonly [given: unknown, failure: RegExp][] = [
  [
    "192.0.2.10",
    /^addresses\[0\]: "192\.0\.2\.10" has no prefix length; write "192\.0\.2\.10\/24"/,
  ],
  ["192.0.2.10/33", /none of 0 to 32/],
  ["2001:db8::1/129", /none of 0 to 128/],
  ["192.0.2/24", /no address with its prefix length/],
  [7, /no address with its prefix length/],
  ["0.0.0.0/0", /unspecified/],
  ["::/64", /unspecified/],
  ["ff02::1/64", /multicast/],
  ["127.0.0.1/8", /loopback/],
  ["::1/128", /loopback/],
  [{ address: "192.0.2.1/32", peer: "2001:db8::1" }, /^addresses\[0\]\.peer: .*own family/],
  [{ address: "2001:db8::1/64", label: "web" }, /^addresses\[0\]\.label: an IPv6 address has no/],
  [{ address: "192.0.2.1/24", label: "sixteen-letters-" }, /^addresses\[0\]\.label: .*16 bytes/],
  [{ address: "192.0.2.1/24", noDad: true }, /^addresses\[0\]\.noDad: IPv4 has no/],
  [{ address: "192.0.2.1/24", lable: "web" }, /^addresses\[0\]\.lable: /],
];

describe("addresses", () => {
  for (const [given, address] of ACCEPTED)
    it(`are ${JSON.stringify(given)}`, () =>
      assert.deepEqual(inputsFor({ addresses: [given] }).addresses, [address]));
  for (const [given, failure] of REFUSED)
    it(`are not ${JSON.stringify(given)}`, () => {
      const failures = failuresOf({ addresses: [given] });
      assert.equal(failures.length, 1, failures.join());
      assert.match(failures[0] ?? "", failure);
    });

  it("keep their order, and are there once each", () => {
    const given = ["192.0.2.11/24", "192.0.2.10/24"];
    assert.deepEqual(inputsFor({ addresses: given }).addresses, given);
    assert.match(failuresOf({ addresses: [...given, given[0]] }).join(), /^addresses\[2\]: /);
  });
});

const INDEX = 7;
/** As the kernel shows it, for good unless said otherwise. */
const shown = (given: Address, flags = IFA_F_PERMANENT): AddressMessage => {
  const message = toMessage(given, INDEX);
  return {
    ...message,
    flags: flags & 0xff,
    attributes: { ...message.attributes, IFA_FLAGS: flags },
  };
};

describe("addresses that are there", () => {
  it("are those that are declared, and others too with exclusive", () => {
    const there = [shown("192.0.2.77/24"), shown("192.0.2.10/24"), shown("fe80::1/64")];
    const mine = ["192.0.2.10/24", "192.0.2.11/24"];
    assert.deepEqual(addressesSeen(there, mine, false), ["192.0.2.10/24"]);
    assert.deepEqual(addressesSeen(there, mine, true), ["192.0.2.10/24", "192.0.2.77/24"]);
    assert.equal(there.at(-1)?.scope, RT_SCOPE_LINK);
  });

  it("are not there for good with an end, and say when somebody else has one", () => {
    assert.deepEqual(addressesSeen([shown("192.0.2.10/24", 0)], ["192.0.2.10/24"], false), []);
    const failed = shown("2001:db8::10/64", IFA_F_PERMANENT | IFA_F_DADFAILED);
    assert.deepEqual(addressesSeen([failed], ["2001:db8::10/64"], false), [
      { address: "2001:db8::10/64", dadFailed: true },
    ]);
  });

  it("have the label that is declared, where one is", () => {
    const there = [shown({ address: "192.0.2.10/24", label: "web:x" })];
    assert.deepEqual(addressesSeen(there, ["192.0.2.10/24"], false), ["192.0.2.10/24"]);
    const mine = [{ address: "192.0.2.10/24", label: "web:y" }];
    assert.deepEqual(addressesSeen(there, mine, false), [
      { address: "192.0.2.10/24", label: "web:x" },
    ]);
  });

  it("have their network's broadcast address", () => {
    const broadcastOf = (given: Address): unknown => toMessage(given, 1).attributes.IFA_BROADCAST;
    assert.equal(broadcastOf("192.0.2.10/24"), "192.0.2.255");
    assert.equal(broadcastOf("192.0.2.10/29"), "192.0.2.15");
    assert.equal(broadcastOf("10.0.0.1/8"), "10.255.255.255");
    assert.equal(broadcastOf("192.0.2.10/31"), undefined);
    assert.equal(broadcastOf({ address: "192.0.2.10/24", peer: "192.0.2.1" }), undefined);
  });

  it("are described", () => assert.match(addresses.describe, /192\.0\.2\.10\/24/));
});
