import type { LinkAttributes, LinkMessage } from "../netlink/link-message";
import type { MacvlanAttributes } from "../netlink/macvlan-attributes";
import type { Kind, Mode, Settings } from "./model";
import type { ValueType } from "./value-type";

/** What it means when a program leaves a property out. */
export type Omitted<V> =
  | { readonly is: "required" }
  /** Made from the URN and the host, and kept from then on. */
  | { readonly is: "generated" }
  /**
   * The value that holds then; drift from it is repaired. By kind, where the kinds differ: for one that
   * has none nobody looks, and `reset` is put back when a value was declared once.
   */
  | {
      readonly is: "enforced";
      readonly value: V | { readonly [K in Kind]: V | undefined };
      readonly reset?: V;
    }
  /** Something else's value holds then. */
  | { readonly is: "inherited"; readonly from: string }
  /** The namespace in which the agent finds itself. */
  | { readonly is: "host's own" }
  /** Nobody looks then. `reset` is put back when a value was declared once and is no longer. */
  | { readonly is: "left alone"; readonly reset: V | { readonly [K in Kind]: V | undefined } };

/** A piece of an rtnetlink link message. */
export interface Fragment {
  readonly up?: boolean;
  readonly attributes?: LinkAttributes;
  readonly macvlan?: MacvlanAttributes;
}

export interface Property<V> {
  readonly type: ValueType<V>;
  readonly omitted: Omitted<V>;
  /** What a changed value does to the link. */
  readonly change: "live" | "replacement";
  /** Where the property holds; everywhere when absent. */
  readonly only?: {
    readonly kind?: Kind;
    readonly modes?: readonly Mode[];
    readonly because: string;
  };
  readonly unit?: string;
  /** Where the kernel keeps it: its attribute's or its file's name. */
  readonly kernel: string;
  readonly doc: string;
  /** Absent for what a link message does not hold: namespaces, the lower device's name, the tap device. */
  readonly read?: (link: LinkMessage) => V | undefined;
  readonly write?: (value: V, all: Settings) => Fragment;
}
