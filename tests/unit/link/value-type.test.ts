import assert from "node:assert/strict";
import * as type from "../../../provider/link/value-type";

type Row<V> = readonly [given: unknown, parsed: V];
type Refused = readonly [given: unknown, failure: string];

/** What a type makes of a value at "p", and what it says against it. */
function parse<V>(
  of: type.ValueType<V>,
  value: unknown,
): { parsed: V | undefined; failures: string[] } {
  const failures: string[] = [];
  const parsed = of.parse(value, "p", (path, reason) => failures.push(`${path}: ${reason}`));
  return { parsed, failures };
}

function accepts<V>(of: type.ValueType<V>, rows: readonly Row<V>[]): void {
  for (const [given, expected] of rows)
    it(`accepts ${type.show(given)}`, () => {
      assert.deepStrictEqual(parse(of, given), { parsed: expected, failures: [] });
    });
}

function refuses<V>(of: type.ValueType<V>, rows: readonly Refused[]): void {
  for (const [given, failure] of rows)
    it(`refuses ${type.show(given)}`, () => {
      assert.deepStrictEqual(parse(of, given), { parsed: undefined, failures: [failure] });
    });
}

const same = (...values: readonly string[]): Row<string>[] => values.map((value) => [value, value]);
const each = (values: readonly unknown[], text: (value: unknown) => string): Refused[] =>
  values.map((value) => [value, text(value)]);

describe("an integer from 0 to 100", () => {
  accepts(type.integer(0, 100), [
    [0, 0],
    [100, 100],
    ["42", 42],
    [" 7 ", 7],
    ["007", 7],
    // Minus zero would be another number to every later comparison.
    ["-0", 0],
    [-0, 0],
  ]);
  refuses(
    type.integer(0, 100),
    each(
      [-1, 101, 1.5, "1.5", "1e2", "0x10", "+5", "", "ten", true, null, {}, [], "9".repeat(16)],
      (value) => `p: ${JSON.stringify(value)} is no integer, 0 to 100`,
    ),
  );
  refuses(type.integer(0, 100), [
    [NaN, "p: null is no integer, 0 to 100"],
    [Infinity, "p: null is no integer, 0 to 100"],
  ]);

  it("may have a negative end", () => {
    assert.deepEqual(parse(type.integer(-5, 5), "-5"), { parsed: -5, failures: [] });
  });
});

describe("a boolean", () => {
  accepts(type.boolean, [
    [true, true],
    [false, false],
    ["true", true],
    ["false", false],
  ]);
  refuses(
    type.boolean,
    each(
      ["True", "yes", "", 1, 0, null],
      (value) => `p: ${JSON.stringify(value)} is neither true nor false`,
    ),
  );
});

describe("a mode", () => {
  accepts(type.mode, [
    ["vepa", "vepa"],
    ["source", "source"],
  ]);
  refuses(
    type.mode,
    each(
      ["VEPA", "passthrough", "", 2],
      (value) => `p: ${JSON.stringify(value)} is none of vepa, bridge, private, passthru, source`,
    ),
  );
});

describe("a device's name", () => {
  const rule =
    'a device name is not empty, not "." or "..", and has no "/", ":", "%" or white space';
  const bytes = 'nor, in UTF-8, a byte a0 (as "à"), which the kernel takes for white space';

  accepts(
    type.deviceName,
    same("a", "eth0", "-web", "a.b", "...", "x".repeat(15), "é", "ééééééé", "日本語"),
  );
  refuses(
    type.deviceName,
    each(
      ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "a\u00a0b", "a%d", "%", "a\0b", "voilà", "à"],
      (name) => `p: ${JSON.stringify(name)} is not legal: ${rule}; ${bytes}`,
    ),
  );
  refuses(type.deviceName, [
    ["x".repeat(16), `p: "${"x".repeat(16)}" has 16 bytes; at most 15 fit`],
    // Bytes count, not letters: eight of these are sixteen.
    ["é".repeat(8), `p: "${"é".repeat(8)}" has 16 bytes; at most 15 fit`],
    ["日本語日本語", `p: "日本語日本語" has 18 bytes; at most 15 fit`],
    [7, "p: 7 is no text"],
    [["eth0"], 'p: ["eth0"] is no text'],
  ]);
});

describe("an alternative name", () => {
  accepts(type.altName, same("x".repeat(127), "voilà"));
  it("fits the kernel's 128 bytes with their NUL", () => {
    const [failure] = parse(type.altName, "x".repeat(128)).failures;
    assert.match(failure ?? "", /has 128 bytes; at most 127 fit$/);
  });
});

describe("the text of an alias", () => {
  accepts(type.aliasText(10), same("", "web front", "0123456789", "a/b:%"));
  refuses(type.aliasText(10), [
    ["01234567890", 'p: "01234567890" has 11 bytes; at most 10 fit'],
    ["a\nb", 'p: "a\\nb" is not legal: an alias has no line break and no NUL'],
    ["a\0b", 'p: "a\\u0000b" is not legal: an alias has no line break and no NUL'],
  ]);
});

describe("a MAC address", () => {
  const mac = "02:00:5e:10:ab:01";
  accepts(type.macAddress, [
    [mac, mac],
    ["02:00:5E:10:AB:01", mac],
    ["02-00-5e-10-ab-01", mac],
    [` ${mac}\n`, mac],
    ["fe:ff:ff:ff:ff:ff", "fe:ff:ff:ff:ff:ff"],
  ]);
  const form = "is no MAC address; write six pairs of hexadecimal digits, as 02:00:5e:10:00:01";
  refuses(
    type.macAddress,
    each(
      [
        "02:00:5e:10:00",
        `${mac}:02`,
        "0200.5e10.0001",
        "02005e100001",
        "2:0:5e:10:0:1",
        "02:00:5e:10:00:0g",
        "",
        2,
        null,
      ],
      (value) => `p: ${JSON.stringify(value)} ${form}`,
    ),
  );
  refuses(type.macAddress, [
    [
      "00:00:00:00:00:00",
      'p: "00:00:00:00:00:00" is the zero address; the kernel takes a unicast one only',
    ],
    [
      "01:00:5e:00:00:01",
      'p: "01:00:5e:00:00:01" is a multicast address (its first octet is odd); the kernel takes a unicast one only',
    ],
    [
      "FF-FF-FF-FF-FF-FF",
      'p: "FF-FF-FF-FF-FF-FF" is a multicast address (its first octet is odd); the kernel takes a unicast one only',
    ],
  ]);
});

describe("a set", () => {
  const set = type.setOf(type.macAddress, 3);
  const [a, b, c, d] = [
    "02:00:00:00:00:0a",
    "02:00:00:00:00:0b",
    "02:00:00:00:00:0c",
    "02:00:00:00:00:0d",
  ];

  accepts(set, [
    [[], []],
    [
      [c, a, b],
      [a, b, c],
    ],
    [
      ["02-00-00-00-00-0B", a],
      [a, b],
    ],
  ]);
  refuses(set, [
    [a, `p: "${a}" is no list`],
    [{ 0: a }, `p: {"0":"${a}"} is no list`],
  ]);

  it("names every entry that is wrong, a second spelling of a first one too", () => {
    assert.deepEqual(parse(set, [a, "x", "02-00-00-00-00-0A"]).failures, [
      'p[1]: "x" is no MAC address; write six pairs of hexadecimal digits, as 02:00:5e:10:00:01',
      'p[2]: "02-00-00-00-00-0A" is there already, as entry 0',
    ]);
  });

  it("has a cap", () => {
    assert.deepEqual(parse(set, [a, b, c]).failures, []);
    assert.deepEqual(parse(set, [a, b, c, d]).failures, [
      "p: it has 4 entries; at most 3 can be read back from the kernel",
    ]);
  });
});

describe("a namespace", () => {
  accepts(type.netns, [
    ["blue", "blue"],
    ["a b:c", "a b:c"],
    [{ pid: 12 }, { pid: 12 }],
    [{ pid: "12" }, { pid: 12 }],
    [{ pid: 12, path: undefined }, { pid: 12 }],
    [{ path: "/proc/12/ns/net" }, { path: "/proc/12/ns/net" }],
    // Check's own answer, which ignoreChanges hands in again.
    [
      { pid: 12, inode: 4026531840 },
      { pid: 12, inode: 4026531840 },
    ],
  ]);
  const rule = "is not legal: a namespace's name is one file name under /run/netns";
  refuses(type.netns, [
    ...each(["", ".", "..", "a/b", "/run/netns/a"], (name) => `p: ${JSON.stringify(name)} ${rule}`),
    ...each(
      [{}, { pid: 1, path: "/x" }, { name: "blue" }, { pid: 1, more: 1 }, ["blue"], 12, null],
      (value) =>
        `p: ${JSON.stringify(value)} is no namespace; give its name, or { pid } or { path }`,
    ),
    [{ pid: 0 }, "p.pid: 0 is no integer, 1 to 4194304"],
    [{ pid: "self" }, 'p.pid: "self" is no integer, 1 to 4194304'],
    [{ path: "run/netns/a" }, 'p.path: "run/netns/a" is not legal: a path is absolute'],
  ]);
});

describe("a tap device's settings", () => {
  accepts(type.tap, [
    [
      { owner: "libvirt-qemu", group: 108, mode: "0660" },
      { owner: "libvirt-qemu", group: "108", mode: "0660" },
    ],
    [{ mode: "660" }, { mode: "0660" }],
    [{ mode: "0o640" }, { mode: "0640" }],
    [{ owner: "007" }, { owner: "7" }],
    [{ owner: "machine$", group: undefined }, { owner: "machine$" }],
    [{}, undefined as never],
  ]);
  refuses(type.tap, [
    ["root", 'p: "root" is no object; write { owner: "libvirt-qemu", mode: "0660" }'],
    [["root"], 'p: ["root"] is no object; write { owner: "libvirt-qemu", mode: "0660" }'],
    [{ user: "root" }, "p.user: there is no such property; a tap device has owner, group and mode"],
    [
      { toString: "root" },
      "p.toString: there is no such property; a tap device has owner, group and mode",
    ],
    [{ mode: "rw" }, 'p.mode: "rw" is no octal permission text; write "0660"'],
    [{ mode: "4755" }, 'p.mode: "4755" is no octal permission text; write "0660"'],
    [{ mode: 660 }, 'p.mode: 660 is no octal permission text; write "0660"'],
    [{ owner: "a b" }, 'p.owner: "a b" is neither the name of an account nor its number'],
    [{ owner: "" }, 'p.owner: "" is neither the name of an account nor its number'],
    [{ group: -1 }, "p.group: -1 is no integer, 0 to 4294967294"],
    // chown takes it for "leave alone".
    [{ owner: 4294967295 }, "p.owner: 4294967295 is no integer, 0 to 4294967294"],
  ]);
});

describe("a value in a message", () => {
  it("is cut where it is long", () => {
    assert.equal(type.show("x".repeat(100)).length, 58);
    assert.equal(type.show(undefined), "undefined");
  });
});
