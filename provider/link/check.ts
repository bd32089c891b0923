import { isDeepStrictEqual } from "node:util";
import { omitUndefined } from "../omit-undefined";
import { isIpv6 } from "./addresses";
import { ARP_SYSCTLS } from "./arp";
import { checkConnection } from "./check-connection";
import { unknownProperty } from "./did-you-mean";
import { identify, kindOf } from "./identity";
import { KINDS, MODES, SWITCHES } from "./model";
import type { Address, Identity, Kind, Mode, Netns, PropertyName, Route, Sysctls } from "./model";
import { IPV6_MIN_MTU } from "./plan";
import { applies, forKind, PROPERTIES, PROPERTY_NAMES } from "./properties";
import { sameNetns } from "./wanted";
import { refuseOtherDevices } from "./sysctls";
import { boolean, show, type Fail } from "./value-type";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface CheckContext {
  /** What a new link's host is called in names, MAC addresses and ids. */
  readonly host: string;
  /** The host as a hash of its machine-id, where that is known. */
  readonly machine?: string | undefined;
  /** Of a link that is on this host already. */
  readonly kept?: Identity | undefined;
  /** Whether a value, or any part of it, is not known yet. */
  readonly isUnknown: (value: unknown) => boolean;
}

/**
 * What the resource class passes beside the properties of a link; and the identity, which comes
 * back from old inputs with `ignoreChanges: ["*"]`.
 */
const OTHER_INPUTS = [
  ...["kind", "resourceUrn", "connection", "hostsAhead"],
  ...[...SWITCHES, "waits", "identity", "machine"],
];

const ARGUMENTS = [...PROPERTY_NAMES, "connection", ...SWITCHES];

/**
 * Brings a program's arguments to one spelling, gives the link its identity, and returns every
 * fault at once. Values that are not known yet pass through as they are.
 */
export function checkLink(
  given: Readonly<Record<string, unknown>>,
  context: CheckContext,
): {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly failures: readonly CheckFailure[];
} {
  const { isUnknown } = context;
  const failures: CheckFailure[] = [];
  const fail: Fail = (property, reason) => failures.push({ property, reason });
  const checked: Record<string, unknown> = {};

  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || OTHER_INPUTS.includes(name)) continue;
    if (!Object.hasOwn(PROPERTIES, name)) fail(name, unknownProperty(name, ARGUMENTS));
    else
      checked[name] = isUnknown(value)
        ? value
        : PROPERTIES[name as PropertyName].type.parse(value, name, fail);
  }
  const saidKind = given["kind"] ?? kindOf(String(given["resourceUrn"]));
  const kind = saidKind === "macvtap" ? "macvtap" : "macvlan";
  if (!KINDS.some((each) => each === saidKind))
    fail("kind", `${show(saidKind)} is none of ${KINDS.join(", ")}`);
  for (const name of PROPERTY_NAMES) {
    const missing = given[name] === undefined || given[name] === null;
    if (PROPERTIES[name].omitted.is === "required" && missing)
      fail(name, `It is required. ${PROPERTIES[name].doc}`);
  }
  if (checked["arp"] === "own") setArpSysctls(checked, fail);
  // A mode that is wrong itself refuses nothing else.
  const mode = "mode" in checked ? checked["mode"] : "vepa";
  if (MODES.some((each) => each === mode))
    refuseWhatDoesNotApply(checked, kind, mode as Mode, { fail, isUnknown });
  const switches = Object.fromEntries(
    SWITCHES.map((name) => {
      const value = given[name] ?? undefined;
      const isSaid = value !== undefined && !isUnknown(value);
      return [name, isSaid ? boolean.parse(value, name, fail) : value];
    }),
  );
  const connection = isUnknown(given["connection"])
    ? given["connection"]
    : checkConnection(given["connection"], fail);

  const inputs = {
    ...checked,
    kind,
    ...switches,
    connection,
    ...identityFor(given["resourceUrn"], checked, context),
  };
  if (!isUnknown(inputs)) refuseOwnName(inputs, fail);
  if (!isUnknown(inputs)) refuseOtherDevices(given["sysctls"], inputs, fail);
  if (!isUnknown(checked["addrGenMode"])) refuseWithoutIpv6(inputs, fail);
  refuseContradictions(inputs, fail);
  return { inputs: omitUndefined(inputs), failures };
}

/** Name and MAC stand among the inputs too, so that a program knows them at preview. */
function identityFor(
  urn: unknown,
  checked: Record<string, unknown>,
  { host, machine, kept, isUnknown }: CheckContext,
): object {
  const undecided = isUnknown(host) ? host : urn;
  if (typeof urn !== "string" || isUnknown(undecided))
    return {
      name: checked["name"] ?? undecided,
      macAddress: checked["macAddress"] ?? (takesMac(checked) ? undecided : undefined),
      identity: undecided,
    };
  const made = identify(urn, host, kept);
  // A generated value that comes back as given (ignoreChanges) is still generated.
  const isOurs = (name: "name" | "macAddress"): boolean =>
    checked[name] === undefined || checked[name] === kept?.[name];
  const name = isOurs("name") ? made.name : undefined;
  // Whether a link takes a MAC address is not known before its mode is.
  const mac = isUnknown(checked["mode"]) ? checked["mode"] : made.macAddress;
  const macAddress = isOurs("macAddress") && takesMac(checked) ? mac : undefined;
  return {
    ...(name !== undefined && { name }),
    ...(macAddress !== undefined && { macAddress }),
    identity: omitUndefined({ mark: made.mark, host: made.host, name, macAddress }),
    ...(machine !== made.host && { machine }),
  };
}

const takesMac = ({ mode }: Record<string, unknown>): boolean => mode !== "passthru";

/** A property that means nothing here is refused; its default, which says nothing either, is dropped. */
function refuseWhatDoesNotApply(
  checked: Record<string, unknown>,
  kind: Kind,
  mode: Mode,
  { fail, isUnknown }: Pick<CheckContext, "isUnknown"> & { readonly fail: Fail },
): void {
  for (const name of Object.keys(checked) as PropertyName[]) {
    const { only, omitted } = PROPERTIES[name];
    // What is not known yet may turn out to be the default, or nothing; a wrong value has been refused.
    const said = checked[name] !== undefined && !isUnknown(checked[name]);
    if (only === undefined || applies(name, kind, mode) || !said) continue;
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

/** The kernel answers EEXIST, and nothing but the link itself would be found to have the name. */
function refuseOwnName({ name, altNames }: Record<string, unknown>, fail: Fail): void {
  if (name !== undefined && Array.isArray(altNames) && altNames.includes(name))
    fail("altNames", `${show(name)} is the link's own name already; leave it out of its altNames`);
}

function refuseWithoutIpv6({ mtu, addrGenMode }: Record<string, unknown>, fail: Fail): void {
  if (addrGenMode !== undefined && typeof mtu === "number" && mtu < IPV6_MIN_MTU)
    fail(
      "addrGenMode",
      `a link with an MTU of ${mtu} has no IPv6, which needs ${IPV6_MIN_MTU}; leave addrGenMode out or raise mtu`,
    );
}

/** What `arp` asks of the link itself are sysctls like any other. */
function setArpSysctls(checked: Record<string, unknown>, fail: Fail): void {
  const { sysctls = {}, addresses } = checked;
  if (typeof sysctls !== "object" || sysctls === null) return;
  for (const [name, value] of Object.entries(ARP_SYSCTLS)) {
    const given = (sysctls as Sysctls)[name];
    if (given !== undefined && given !== value)
      fail(
        "arp",
        `"own" needs ${name} to be ${value}, and sysctls says ${given}; leave it out there`,
      );
  }
  checked["sysctls"] = Object.fromEntries(Object.entries({ ...sysctls, ...ARP_SYSCTLS }).sort());
  if (addresses === undefined || (Array.isArray(addresses) && addresses.every(isIpv6Text)))
    fail("arp", '"own" is about the link\'s IPv4 addresses; declare addresses, or leave it out');
}

const isList = (value: unknown): value is readonly (Address & Route)[] =>
  Array.isArray(value) && value.length > 0;

/** What two properties say that cannot both be. Of what is not known yet, nothing is said. */
function refuseContradictions(given: Readonly<Record<string, unknown>>, fail: Fail): void {
  const { adminState, addresses, routes, mtu, exclusive, announce } = given;
  const { bridge, lowerDevice } = given;
  const [lowerNetns, netns] = [given["lowerNetns"], given["netns"]] as (Netns | undefined)[];
  const sysctls = (typeof given["sysctls"] === "object" ? given["sysctls"] : {}) as Sysctls;
  if (adminState === "down" && isList(routes))
    fail("routes", "a link that is down has no routes; leave them out, or adminState");
  const six = isList(addresses) ? addresses.findIndex((each) => isIpv6Text(each)) : -1;
  if (six >= 0 && typeof mtu === "number" && mtu < IPV6_MIN_MTU)
    fail(
      `addresses[${six}]`,
      `a link with an MTU of ${mtu} has no IPv6, which needs ${IPV6_MIN_MTU}; leave it out or raise mtu`,
    );
  if (six >= 0 && sysctls["ipv6.disable_ipv6"] === 1)
    fail(`addresses[${six}]`, "sysctls switches IPv6 off on the link (ipv6.disable_ipv6)");
  if (bridge !== undefined && bridge === lowerDevice && sameNetns(netns ?? lowerNetns, lowerNetns))
    fail(
      "bridge",
      `${show(bridge)} is the link's own lower device, and a bridge cannot be a port of itself; leave it out, or choose another lowerDevice`,
    );
  if (exclusive === true && addresses === undefined)
    fail(
      "exclusive",
      "it says that a link has the declared addresses and no others; declare addresses",
    );
  if (announce === true && addresses === undefined)
    fail("announce", "it tells the network of the declared addresses; declare addresses");
}

const isIpv6Text = (each: unknown): boolean =>
  typeof each === "string" ? each.includes(":") : isIpv6(each as Address);
