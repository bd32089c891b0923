import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../provider/link/model";
import { RECORD } from "../provider/link/output-names";
import type * as SavedForm from "../provider/link-set/saved-form";
import { inputsFor } from "./link";
import type { MacvlanArgs, MacvtapArgs } from "./link-args";
import { withShortTraces } from "./short-traces";
import { declareLink } from "./warnings";

/** What Pulumi keeps in place of the provider's code; a contract for ever (see `provider/dynamic-link-set.ts`). */
const PROVIDER = 'exports.handler=()=>require("pulumi-macvlan/provider/dynamic-link-set")';
const TYPE = "pulumi-nodejs:dynamic/macvlan:LinkSet";

type AnyLinkArgs = MacvlanArgs & MacvtapArgs;

/** What one link of a set says for itself; all else is as the set says. */
export type LinkSetMemberArgs = Partial<Omit<AnyLinkArgs, "connection">>;

/** What holds for all links that do not say otherwise, and which links there are. */
export interface LinkSetArgs extends Partial<
  Omit<AnyLinkArgs, "name" | "macAddress" | "altNames">
> {
  /** Default: "macvlan". A change replaces the set. */
  kind?: pulumi.Input<Kind>;
  /** By name, which is the link's own where it says no other: `{ vm1: {}, vm2: { mtu: 9000 } }`. At most 10,000. */
  links?: pulumi.Input<Record<string, LinkSetMemberArgs>>;
  /** So many links that are all alike, instead of `links`. 0 to 10,000. */
  count?: pulumi.Input<number>;
  /** Their names, with `{n}` for a link's number, from 0 on. Default: the resource's name and the number. */
  namePattern?: pulumi.Input<string>;
  /** False: a change that deletes links and makes them anew (of mode, MAC address, lower device…) is refused. Default: true. */
  allowRemake?: pulumi.Input<boolean>;
}

// The whole table of properties comes with it: loaded when the links are looked at.
const savedForm = (): typeof SavedForm =>
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  require("../provider/link-set/saved-form") as typeof SavedForm;

type Registered = new (
  type: string,
  name: string,
  inputs: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource & { readonly [RECORD]: pulumi.Output<string> };

/**
 * Many links of one host as one resource: all of them or none are made, and a change touches those that
 * differ. A thousand links cost the engine what one does.
 *
 * @example
 * new LinkSet("farm", { kind: "macvtap", lowerDevice: "eth0", mode: "bridge", links: { vm1: {}, vm2: { mtu: 9000 } } });
 */
export class LinkSet extends (pulumi.CustomResource as unknown as Registered) {
  static readonly type = TYPE;

  constructor(name: string, args: LinkSetArgs, opts: pulumi.CustomResourceOptions = {}) {
    const inputs = {
      [RECORD]: undefined,
      ...inputsFor({ type: TYPE, provider: PROVIDER }, name, args, opts),
      kind: args.kind ?? "macvlan",
    };
    const restore = withShortTraces();
    try {
      super(TYPE, name, inputs, { deleteBeforeReplace: true, ...opts });
    } finally {
      restore();
    }
    declareLinks(this, name, args);
  }

  /** By name, each as the kernel holds it: `farm.links.vm1.macAddress`. */
  get links(): pulumi.Output<Readonly<Record<string, SavedForm.LinkOutputs>>> {
    return this[RECORD].apply((record) => savedForm().outputsOf(record));
  }

  // Pulumi makes an output of each input; what the links became says more than what was asked for.
  set links(_) {
    return;
  }
}

/** Of links that are alike two say all. */
function declareLinks(set: LinkSet, name: string, args: LinkSetArgs): void {
  const { links, count } = args;
  const two = { [`${name} (one link)`]: {}, [`${name} (another)`]: {} };
  const isPlain = typeof links === "object" && !pulumi.Output.isInstance(links);
  const given = isPlain ? (links as Record<string, LinkSetMemberArgs>) : {};
  const all: Record<string, LinkSetMemberArgs> =
    links !== undefined ? given : typeof count === "number" && count > 1 ? two : {};
  const declared = new Map<string, number>();
  for (const [key, own] of Object.entries(all)) {
    const mode = JSON.stringify(own.mode ?? args.mode ?? null);
    declared.set(mode, (declared.get(mode) ?? 0) + 1);
    if ((declared.get(mode) ?? 0) > 2) continue;
    const { lowerDevice } = { ...args, ...own };
    if (lowerDevice !== undefined) declareLink(set, key, { ...args, ...own, lowerDevice });
  }
}
