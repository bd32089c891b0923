import { omitUndefined } from "../omit-undefined";
import { checkConnection } from "../link/check-connection";
import type { CheckContext, CheckFailure } from "../link/check";
import { unknownProperty } from "../link/did-you-mean";
import { hostKey } from "../link/host";
import { markOf } from "../link/identity";
import { spellNetns } from "../link/link-id";
import { deviceName, type Fail, netns } from "../link/value-type";
import type { PortInputs, PortState, SettingName, Settings } from "./model";
import { PORT_PROPERTIES, SETTING_NAMES } from "./properties";

const WHERE = { device: deviceName, netns } as const;
/** What the resource class passes beside, and what comes back from old inputs with `ignoreChanges`. */
const OTHER_INPUTS = ["connection", "resourceUrn", "waits", "hostsAhead", "identity", "machine"];
const ARGUMENTS = ["device", "netns", "connection", ...SETTING_NAMES];

type Context = Omit<CheckContext, "kept">;

/** Brings a program's arguments to one spelling, and returns every fault at once. */
export function checkPort(
  given: Readonly<Record<string, unknown>>,
  { host, machine, isUnknown }: Context,
): {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly CheckFailure[];
} {
  const failures: CheckFailure[] = [];
  const fail: Fail = (property, reason) => failures.push({ property, reason });
  const types = { ...WHERE, ...PORT_PROPERTIES };
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || OTHER_INPUTS.includes(name)) continue;
    if (!Object.hasOwn(types, name)) {
      fail(name, unknownProperty(name, ARGUMENTS));
      continue;
    }
    const row = types[name as keyof typeof types];
    const type = "type" in row ? row.type : row;
    checked[name] = isUnknown(value) ? value : type.parse(value, name, fail);
  }
  if (given["device"] === undefined || given["device"] === null)
    fail("device", "It is required: the name of the device that is a port of a bridge");
  const connection = isUnknown(given["connection"])
    ? given["connection"]
    : checkConnection(given["connection"], fail);
  const urn = given["resourceUrn"];
  const identity = { mark: typeof urn === "string" ? markOf(urn, host) : "", host };
  const inputs = { ...checked, connection, identity, ...(machine !== host && { machine }) };
  return { inputs: omitUndefined(inputs), failures };
}

/** Which resource of this run sets what of which port. */
export class PortClaims {
  readonly #holders = new Map<string, { readonly urn: string; readonly mark: string }>();

  claim(urn: string, inputs: PortInputs): CheckFailure[] {
    for (const [key, holder] of this.#holders) if (holder.urn === urn) this.#holders.delete(key);
    return declaredIn(inputs).flatMap((name) => {
      const key = keyOf(inputs, name);
      if (!this.#holders.has(key)) {
        this.#holders.set(key, { urn, mark: inputs.identity.mark });
        return [];
      }
      const reason = `Another resource of this program sets ${name} of the port ${inputs.device} too; leave it to one of them`;
      return [{ property: name, reason }];
    });
  }

  /** Without those settings of a port that another resource of this run wants: it may have set them. */
  without(state: Port, settings: Settings): Settings {
    return Object.fromEntries(
      Object.entries(settings).filter(([name]) => {
        const holder = this.#holders.get(keyOf(state, name as SettingName));
        return holder === undefined || holder.mark === state.identity.mark;
      }),
    );
  }
}

type Port = Pick<PortState, "connection" | "identity" | "machine" | "netns" | "device">;

const keyOf = (port: Port, name: SettingName): string =>
  `${hostKey(port)} ${spellNetns(port.netns)} ${port.device} ${name}`;

export const declaredIn = (inputs: object): SettingName[] =>
  SETTING_NAMES.filter((name) => (inputs as Readonly<Record<string, unknown>>)[name] !== undefined);
