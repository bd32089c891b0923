import { closest, distance } from "fastest-levenshtein";
import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import { checkConnection } from "./check-connection";
import { identify } from "./identity";
import {
  KINDS,
  MODES,
  type Identity,
  type Kind,
  type LinkInputs,
  type Mode,
  type PropertyName,
} from "./model";
import { applies, forKind, PROPERTIES, PROPERTY_NAMES } from "./properties";
import { boolean, show, type Fail } from "./value-type";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface CheckContext {
  /** What the link's host is called in names, MAC addresses and ids. */
  readonly host: string;
  /** Whether a value, or any part of it, is not known yet. */
  readonly isUnknown: (value: unknown) => boolean;
}

/** What the resource class passes beside the properties of a link. */
const OTHER_INPUTS = ["kind", "resourceUrn", "connection", "adopt", "waits"] as const;

/**
 * Brings a program's arguments to one spelling, gives the link its identity, and returns every
 * fault at once. Values that are not known yet pass through as they are.
 */
export function checkLink(
  given: Readonly<Record<string, unknown>>,
  old: LinkInputs | undefined,
  { host, isUnknown }: CheckContext,
): {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly CheckFailure[];
} {
  const failures: CheckFailure[] = [];
  const fail: Fail = (property, reason) => failures.push({ property, reason });
  const checked: Record<string, unknown> = {};

  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || (OTHER_INPUTS as readonly string[]).includes(name))
      continue;
    if (!Object.hasOwn(PROPERTIES, name)) fail(name, unknownProperty(name));
    else
      checked[name] = isUnknown(value)
        ? value
        : PROPERTIES[name as PropertyName].type.parse(value, name, fail);
  }
  const kind = given["kind"] === "macvtap" ? "macvtap" : "macvlan";
  if (given["kind"] !== undefined && !KINDS.some((each) => each === given["kind"])) {
    fail("kind", `${show(given["kind"])} is none of ${KINDS.join(", ")}`);
  }
  for (const name of PROPERTY_NAMES) {
    const missing = given[name] === undefined || given[name] === null;
    if (PROPERTIES[name].omitted.is === "required" && missing)
      fail(name, `It is required. ${PROPERTIES[name].doc}`);
  }
  const mode = checked["mode"] ?? "vepa";
  if (MODES.some((each) => each === mode))
    refuseWhatDoesNotApply(checked, kind, mode as Mode, fail);
  const adopt = given["adopt"] == null ? undefined : boolean.parse(given["adopt"], "adopt", fail);
  const connection = isUnknown(given["connection"])
    ? given["connection"]
    : checkConnection(given["connection"], fail);

  const inputs = {
    ...checked,
    kind,
    adopt,
    connection,
    ...identityFor(given["resourceUrn"], checked, old?.identity, { host, isUnknown }),
  };
  return { inputs: omitUndefined(inputs), failures };
}

/** Name and MAC stand among the inputs too, so that a program knows them at preview. */
function identityFor(
  urn: unknown,
  checked: Record<string, unknown>,
  old: Identity | undefined,
  { host, isUnknown }: CheckContext,
): object {
  if (typeof urn !== "string" || isUnknown(urn))
    return { name: checked["name"] ?? urn, identity: urn };
  const made = identify(urn, host, old);
  const takesMac = checked["mode"] !== "passthru";
  const name = checked["name"] === undefined ? made.name : undefined;
  const macAddress = checked["macAddress"] === undefined && takesMac ? made.macAddress : undefined;
  return {
    ...(name !== undefined && { name }),
    ...(macAddress !== undefined && { macAddress }),
    identity: omitUndefined({ mark: made.mark, host: made.host, name, macAddress }),
  };
}

/** A property that means nothing here is refused; its default, which says nothing either, is dropped. */
function refuseWhatDoesNotApply(
  checked: Record<string, unknown>,
  kind: Kind,
  mode: Mode,
  fail: Fail,
): void {
  for (const name of Object.keys(checked) as PropertyName[]) {
    const { only, omitted } = PROPERTIES[name];
    if (only === undefined || applies(name, kind, mode)) continue;
    if (
      omitted.is !== "left alone" ||
      !isDeepStrictEqual(checked[name], forKind(omitted.reset, kind))
    ) {
      fail(
        name,
        `${only.because}; leave it out${only.modes && applies(name, kind, only.modes[0] ?? mode) ? ` or change mode ("${mode}")` : ""}`,
      );
    }
    delete checked[name];
  }
}

function unknownProperty(name: string): string {
  const known = [...PROPERTY_NAMES, "connection", "adopt"];
  const near = closest(name, known);
  const hint =
    distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, name.length / 3)
      ? `; did you mean ${near}?`
      : "";
  return `There is no such property${hint}`;
}
