// Measured and written by scripts/modes/main.ts. A test measures it anew: what is changed by hand does not stay.
import type { ReachTable } from "./reach";

/** What of whose frames (first) comes to whom (second), with the switch's hairpin off and on. */
export const REACH_TABLE: ReachTable = {
  vepa: {
    vepa: { off: "nothing", on: "everything" },
    bridge: { off: "nothing", on: "everything" },
    private: { off: "nothing", on: "unicast" },
    "source, sender listed": { off: "nothing", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    "lower device": { off: "nothing", on: "everything" },
    outside: { off: "everything", on: "everything" },
  },
  bridge: {
    vepa: { off: "nothing", on: "everything" },
    bridge: { off: "everything", on: "everything" },
    private: { off: "nothing", on: "unicast" },
    "source, sender listed": { off: "nothing", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    "lower device": { off: "nothing", on: "everything" },
    outside: { off: "everything", on: "everything" },
  },
  private: {
    vepa: { off: "nothing", on: "unicast" },
    bridge: { off: "nothing", on: "unicast" },
    private: { off: "nothing", on: "unicast" },
    "source, sender listed": { off: "nothing", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    "lower device": { off: "nothing", on: "unicast" },
    outside: { off: "everything", on: "everything" },
  },
  passthru: {
    "lower device under passthru": { off: "nothing", on: "nothing" },
    outside: { off: "everything", on: "everything" },
  },
  source: {
    vepa: { off: "nothing", on: "unicast" },
    bridge: { off: "nothing", on: "unicast" },
    private: { off: "nothing", on: "unicast" },
    "source, sender listed": { off: "nothing", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    "lower device": { off: "nothing", on: "unicast" },
    outside: { off: "everything", on: "everything" },
  },
  "lower device": {
    vepa: { off: "nothing", on: "everything" },
    bridge: { off: "nothing", on: "everything" },
    private: { off: "nothing", on: "everything" },
    "source, sender listed": { off: "nothing", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    outside: { off: "everything", on: "everything" },
  },
  "lower device under passthru": {
    passthru: { off: "nothing", on: "everything" },
    outside: { off: "everything", on: "everything" },
  },
  outside: {
    vepa: { off: "everything", on: "everything" },
    bridge: { off: "everything", on: "everything" },
    private: { off: "everything", on: "everything" },
    passthru: { off: "everything", on: "everything" },
    "source, sender listed": { off: "everything", on: "everything" },
    "source, sender not listed": { off: "nothing", on: "nothing" },
    "lower device": { off: "everything", on: "everything" },
    "lower device under passthru": { off: "broadcasts", on: "broadcasts" },
  },
};
