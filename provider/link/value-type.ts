import { unknownProperty } from "./did-you-mean";
import { ADDR_GEN_MODES, ADMIN_STATES, MODES, type Netns, type Tap } from "./model";

/** Records one fault: the path of the offending value, and what is wrong with it. */
export type Fail = (path: string, reason: string) => void;

/**
 * What values a property takes. `parse` brings every accepted spelling to one, so that a MAC in
 * capitals or a number as text is never a change.
 */
export interface ValueType<V> {
  /** For the reference page: "integer, 68 to 65535". */
  readonly describe: string;
  readonly parse: (value: unknown, path: string, fail: Fail) => V | undefined;
}

export const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

export function integer(min: number, max: number): ValueType<number> {
  const describe = `integer, ${min} to ${max}`;
  return {
    describe,
    parse(value, path, fail) {
      const number =
        typeof value === "string" && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
      if (
        typeof number === "number" &&
        Number.isInteger(number) &&
        number >= min &&
        number <= max
      ) {
        // "-0" is 0, and only 0 equals it.
        return number + 0;
      }
      fail(path, `${show(value)} is no ${describe}`);
      return undefined;
    },
  };
}

export const boolean: ValueType<boolean> = {
  describe: "boolean",
  parse(value, path, fail) {
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    fail(path, `${show(value)} is neither true nor false`);
    return undefined;
  },
};

export function oneOf<const V extends string>(values: readonly V[]): ValueType<V> {
  return {
    describe: values.map((value) => `"${value}"`).join(", "),
    parse(value, path, fail) {
      const found = values.find((each) => each === value);
      if (found === undefined) fail(path, `${show(value)} is none of ${values.join(", ")}`);
      return found;
    },
  };
}

export const mode = oneOf(MODES);
export const adminState = oneOf(ADMIN_STATES);
export const addrGenMode = oneOf(ADDR_GEN_MODES);

export function text(
  maxBytes: number,
  legal: { test(value: string): boolean },
  rule: string,
): ValueType<string> {
  return {
    describe: `text, at most ${maxBytes} bytes`,
    parse(value, path, fail) {
      if (typeof value !== "string") {
        fail(path, `${show(value)} is no text`);
        return undefined;
      }
      const bytes = Buffer.byteLength(value);
      if (bytes > maxBytes) {
        fail(path, `${show(value)} has ${bytes} bytes; at most ${maxBytes} fit`);
        return undefined;
      }
      if (!legal.test(value)) {
        fail(path, `${show(value)} is not legal: ${rule}`);
        return undefined;
      }
      return value;
    },
  };
}

// The kernel's dev_valid_name() refuses "/", ":", white space, "." and ".."; a "%" it would expand.
const DEVICE_NAME = /^(?!\.{1,2}$)[^/:%\s\0]+$/;
const DEVICE_NAME_RULE =
  'a device name is not empty, not "." or "..", and has no "/", ":", "%" or white space';
// It looks at bytes, and takes Latin-1's no-break space for white space wherever UTF-8 has that byte.
const KERNEL_NAME = {
  test: (name: string): boolean => DEVICE_NAME.test(name) && !Buffer.from(name).includes(0xa0),
};
const KERNEL_NAME_RULE = `${DEVICE_NAME_RULE}; nor, in UTF-8, a byte a0 (as "à"), which the kernel takes for white space`;

/** IFNAMSIZ is 16 with the closing NUL. */
export const deviceName = text(15, KERNEL_NAME, KERNEL_NAME_RULE);
/** ALTIFNAMSIZ is 128 with the closing NUL. */
export const altName = text(127, DEVICE_NAME, DEVICE_NAME_RULE);
/** Room for the mark is taken off the kernel's 255 bytes (IFALIASZ less NUL). */
export const aliasText = (maxBytes: number): ValueType<string> =>
  text(maxBytes, /^[^\0\n]*$/, "an alias has no line break and no NUL");

export const macAddress: ValueType<string> = {
  describe: 'unicast MAC address, as "02:00:5e:10:00:01"',
  parse(value, path, fail) {
    const spelled = typeof value === "string" ? value.trim().toLowerCase() : "";
    const pairs = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/.test(spelled)
      ? spelled.split(/[:-]/)
      : undefined;
    if (pairs === undefined) {
      fail(
        path,
        `${show(value)} is no MAC address; write six pairs of hexadecimal digits, as 02:00:5e:10:00:01`,
      );
    } else if (pairs.every((pair) => pair === "00")) {
      fail(path, `${show(value)} is the zero address; the kernel takes a unicast one only`);
    } else if (parseInt(pairs[0] ?? "", 16) % 2 === 1) {
      fail(
        path,
        `${show(value)} is a multicast address (its first octet is odd); the kernel takes a unicast one only`,
      );
    } else {
      return pairs.join(":");
    }
    return undefined;
  },
};

/** A list without two entries of one key. */
export function listOf<V>(
  type: ValueType<V>,
  cap: number,
  keyOf: (value: V) => string,
): ValueType<readonly V[]> {
  return {
    describe: `list of at most ${cap}: ${type.describe}`,
    parse(value, path, fail) {
      if (!Array.isArray(value)) {
        fail(path, `${show(value)} is no list`);
        return undefined;
      }
      if (value.length > cap)
        fail(
          path,
          `it has ${value.length} entries; at most ${cap} can be read back from the kernel`,
        );
      const first = new Map<string, number>();
      return value.flatMap((entry: unknown, index) => {
        const parsed = type.parse(entry, `${path}[${index}]`, fail);
        if (parsed === undefined) return [];
        const before = first.get(keyOf(parsed));
        if (before === undefined) first.set(keyOf(parsed), index);
        else fail(`${path}[${index}]`, `${show(entry)} is there already, as entry ${before}`);
        return [parsed];
      });
    },
  };
}

/** An unordered list without duplicates; kept sorted, so that its order is never a change. */
export function setOf(type: ValueType<string>, cap: number): ValueType<readonly string[]> {
  const list = listOf(type, cap, (entry) => entry);
  return {
    ...list,
    parse(value, path, fail) {
      const parsed = list.parse(value, path, fail);
      return parsed && [...new Set(parsed)].sort();
    },
  };
}

/** The parts of an object that has no others; undefined for what is no object. */
export function objectWith(
  fields: readonly string[],
  value: unknown,
  path: string,
  fail: Fail,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(path, `${show(value)} is no object with ${fields.join(", ")}`);
    return undefined;
  }
  for (const field of Object.keys(value))
    if (!fields.includes(field)) fail(`${path}.${field}`, unknownProperty(field, fields));
  return value as Readonly<Record<string, unknown>>;
}

export const netns: ValueType<Netns> = {
  describe: "namespace: a name, `{ pid }` or `{ path }`",
  parse(value, path, fail) {
    if (typeof value === "string") return netnsName.parse(value, path, fail);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      // With ignoreChanges the engine hands in what check itself once answered: the inode too.
      const { pid, path: file, inode, ...rest } = value as Record<string, unknown>;
      const seen = typeof inode === "number" ? { inode } : {};
      if (Object.keys(rest).length === 0 && (pid === undefined) !== (file === undefined)) {
        if (pid !== undefined) {
          const parsed = integer(1, 4194304).parse(pid, `${path}.pid`, fail);
          return parsed === undefined ? undefined : { pid: parsed, ...seen };
        }
        const parsed = text(4095, /^\/[^\0]*$/, "a path is absolute").parse(
          file,
          `${path}.path`,
          fail,
        );
        return parsed === undefined ? undefined : { path: parsed, ...seen };
      }
    }
    fail(path, `${show(value)} is no namespace; give its name, or { pid } or { path }`);
    return undefined;
  },
};

const netnsName = text(
  255,
  /^(?!\.{1,2}$)[^/\0]+$/,
  "a namespace's name is one file name under /run/netns",
);

/** (uid_t) -1 means "nobody" to chown. */
const accountNumber = integer(0, 4294967294);

/** A user or group of the host, as its name or as a number. */
const account: ValueType<string> = {
  describe: "name or number",
  parse(value, path, fail) {
    if (typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value))) {
      return accountNumber.parse(value, path, fail)?.toString();
    }
    if (typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/.test(value)) return value;
    fail(path, `${show(value)} is neither the name of an account nor its number`);
    return undefined;
  },
};

const permissions: ValueType<string> = {
  describe: 'octal permissions, as "0660"',
  parse(value, path, fail) {
    if (typeof value === "string" && /^(0o?)?[0-7]{3}$/.test(value)) return `0${value.slice(-3)}`;
    fail(path, `${show(value)} is no octal permission text; write "0660"`);
    return undefined;
  },
};

const TAP_FIELDS = { owner: account, group: account, mode: permissions } as const;

export const tap: ValueType<Tap> = {
  describe: "`{ owner, group, mode }`, each optional",
  parse(value, path, fail) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      fail(path, `${show(value)} is no object; write { owner: "libvirt-qemu", mode: "0660" }`);
      return undefined;
    }
    const parsed: Record<string, string> = {};
    for (const [field, given] of Object.entries(value)) {
      const type = Object.hasOwn(TAP_FIELDS, field)
        ? TAP_FIELDS[field as keyof typeof TAP_FIELDS]
        : undefined;
      if (type === undefined) {
        fail(
          `${path}.${field}`,
          "there is no such property; a tap device has owner, group and mode",
        );
      } else if (given !== undefined && given !== null) {
        const found = type.parse(given, `${path}.${field}`, fail);
        if (found !== undefined) parsed[field] = found;
      }
    }
    // Nothing in it says nothing.
    return Object.keys(parsed).length === 0 ? undefined : parsed;
  },
};
