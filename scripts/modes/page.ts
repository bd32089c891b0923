/** `docs/modes.md`: prose, tables from what was found, and prose again that is refused where what was found says otherwise. */
import { isDeepStrictEqual } from "node:util";
import type { Mode } from "../../provider/link/model";
import type { Hearing, ReachTable, Receiver, Sender } from "../../provider/link/reach";
import { consequences } from "./consequences";
import type { Findings } from "./findings";
import { FREE_MODES } from "./freedom";
import { DRAWN } from "./picture";

export function modesPage(findings: Findings): string {
  const { table, freedom, echoes, eavesdroppers } = findings;
  const is = (sender: Sender, receiver: Receiver, off: Hearing, on: Hearing): boolean => {
    const row = table[sender][receiver];
    return row?.off === off && row.on === on;
  };
  const freely = (what: string, ...modes: Mode[]): boolean =>
    FREE_MODES.every((mode) => freedom[what]?.get(mode) === modes.includes(mode));
  return `<!-- Measured and written by scripts/modes/main.ts: \`node --require ts-node/register/transpile-only scripts/modes/main.ts\`. -->

# Modes: who hears whom

Measured with real frames between real links in network namespaces, over a Linux bridge as the switch. \`make test\` measures it all anew and
fails where the kernel at hand says otherwise, or where this page was changed by hand. Macvlan and macvtap do not differ in any of it, nor does
a guest's link from one of the host's own (a shim).

![Who hears whom, without and with hairpin](modes.svg)

A mode is of a link and not of its lower device: links of all modes but passthru stand side by side on one, and each pair has its own answer.
*Hairpin* (reflective relay) is the switch's: whether it sends frames back by the port that they came in by. *Lower device* is the host's
own card under the links, *outside* all that is beyond the switch. A link in source mode hears those that are *listed* in its
\`sourceMacAddresses\`.

## Hairpin off: who (first column) is heard by whom

${grid(table, "off")}

## Hairpin on

${grid(table, "on")}

A passthru link is alone on its lower device: the kernel takes no other beside it. It and the outside hear all of each other. Without hairpin it and its lower device hear nothing
of each other; with hairpin the link hears its lower device, and that still nothing of the link. From outside the lower device hears
broadcasts alone: unicast frames are the link's.${held(
    is("passthru", "outside", "everything", "everything"),
    is("outside", "passthru", "everything", "everything"),
    is("passthru", "lower device under passthru", "nothing", "nothing"),
    is("lower device under passthru", "passthru", "nothing", "everything"),
    is("outside", "lower device under passthru", "broadcasts", "broadcasts"),
  )}

Links on different lower devices hear of each other what goes out of the one and comes in from outside at the other.

## What follows for IP

ARP is a broadcast there and a unicast frame back; with static neighbours unicast frames are enough. What goes by a router beyond the switch
is sent to the router and comes from it, so that neither hairpin nor mode stands in its way; a source link must list the router. All of this
was measured too, with ARP requests that a kernel answered and with UDP. Source links list each other here.

${markdown(
  ["", "ARP", "static", "ARP, with hairpin", "static, with hairpin", "by a router"],
  consequences(table),
)}

## VEPA against bridge mode

Links of both may share a lower device. Without hairpin they hear nothing of each other; with hairpin they hear all, in both directions. Bridge mode
delivers by itself only to bridge mode; all else goes out to the switch.${held(
    is("vepa", "bridge", "nothing", "everything"),
    is("bridge", "vepa", "nothing", "everything"),
    is("vepa", "vepa", "nothing", "everything"),
    is("bridge", "bridge", "everything", "everything"),
  )}

## What private mode looks at

At sender and receiver both, and at broadcasts alone:

- broadcasts of a private link come to none of its siblings but source links that list it, nor to the lower device;
- broadcasts of siblings do not come to a private link; those of the lower device do, by a switch with hairpin;
- unicast frames pass in both directions as soon as the switch sends them back, private to private too.${held(
    ...(["vepa", "bridge", "private"] as const).flatMap((mode) => [
      is("private", mode, "nothing", "unicast"),
      is(mode, "private", "nothing", "unicast"),
    ]),
    is("private", "source, sender listed", "nothing", "everything"),
    is("private", "lower device", "nothing", "unicast"),
    is("lower device", "private", "nothing", "everything"),
    is("outside", "private", "everything", "everything"),
  )}

**Private mode is no security boundary behind a switch with hairpin.** It takes away ARP, and a static neighbour entry brings it back: two private
links then ping each other. A router beyond the switch carries their packets in any case, hairpin or not. Where guests must stay apart, keep
hairpin off *and* filter at the router and the switch, or give each a VLAN of its own as lower device.

## Source mode

A source link sends to all, as a private one does, and hears only whom it lists: broadcasts and unicast frames, of siblings only what the
switch sends back. It gets copies of what a listed sender sends to others, too, where that passes its lower device: from one bridge link to another
always, with hairpin all of it. Who reads its tap device, or a packet socket in the guest, sees them.${held(
    hear(eavesdroppers.off, "bridge"),
    hear(eavesdroppers.on, "bridge", "lower device", "private", "source", "vepa"),
    is("source", "vepa", "nothing", "unicast"),
    is("source", "source, sender listed", "nothing", "everything"),
    is("vepa", "source, sender listed", "nothing", "everything"),
    is("bridge", "source, sender listed", "nothing", "everything"),
    is("bridge", "source, sender not listed", "nothing", "nothing"),
    is("outside", "source, sender not listed", "nothing", "nothing"),
    is("outside", "source, sender listed", "everything", "everything"),
  )}

## The lower device

No link and its lower device hear each other without hairpin, whatever the mode. With hairpin vepa and bridge links and it hear all of each other;
the host's own link (\`HostShim\`, mode bridge) and guests in bridge mode need no hairpin.${held(
    ...(["vepa", "bridge"] as const).flatMap((mode) => [
      is(mode, "lower device", "nothing", "everything"),
      is("lower device", mode, "nothing", "everything"),
    ]),
    is("lower device", "source, sender listed", "nothing", "everything"),
  )}

With hairpin these hear their own broadcasts too, which the switch sends back: ${echoes.join(", ")}.

## What passthru is for

${freedomTable(findings)}

A link of any other mode hears only what is for its own MAC address, and promiscuous mode does not change that: a bridge, a container, a
virtual machine or a macvlan *inside* the guest, with an address of its own, can send and gets no answer but broadcasts. A passthru link hears
all that its card hears, so that these work; so does a guest that gives itself another MAC address without the host's knowing (behind a macvtap
the host's link keeps the old one). Set on a passthru link itself, a MAC address becomes the lower device's.${held(
    freely("frames from a second MAC address go out", ...FREE_MODES),
    freely("frames to a second MAC address come in", "passthru"),
    freely("promiscuous: frames to a second MAC address come in", "passthru"),
    freely("another MAC address set on the link: frames to it come in", ...FREE_MODES),
    freely("that changes the lower device's MAC address too", "passthru"),
  )}

Multicast groups are another matter. A link hears those that its own system joined; behind a macvtap that is the guest's, of whose groups the host
knows nothing, and passthru is no help. IPv6 looks for its neighbours so. \`ip link set LINK allmulticast on\` helps, in every mode.${held(
    freely("frames to multicast groups that it did not join come in"),
    freely("all multicast: frames to those groups come in", ...FREE_MODES),
  )}

## In a program

\`\`\`ts
macvlan.reachability({ mode: "private" }, { mode: "vepa" }, { hairpin: true });
// { there: { broadcast: false, unicast: true, routed: true }, back: { … } }
macvlan.whyUnreachable(await macvlan.getLink({ name: "web0" }), "lower device", { hairpin: false });
// What stands between them, and what would help, in sentences; [] where nothing does
macvlan.whyUnreachableOutput(web, db).apply((sentences) => …); // resources, shims too
\`\`\`

Both are answered from the tables above and look at no host. What cannot be told from what was given (hairpin, lists, whether two lower
devices are in one network) is \`undefined\`, and \`whyUnreachable\` says what was missing.
`;
}

/** Nothing; an error where what was found is not as the prose before it says. */
function held(...claims: readonly boolean[]): "" {
  const wrong = claims.indexOf(false);
  if (wrong === -1) return "";
  throw new Error(`The kernel denies claim ${wrong + 1} of a paragraph of scripts/modes/page.ts`);
}

const WORDS: Readonly<Record<Hearing, string>> = {
  nothing: "–",
  broadcasts: "broadcasts",
  unicast: "unicast",
  everything: "all",
};

function grid(table: ReachTable, hairpin: "off" | "on"): string {
  const { senders, receivers } = DRAWN;
  const rows = senders.map((sender) => [
    `**${sender}**`,
    ...receivers.map((receiver) => {
      const row = table[sender][receiver];
      return row === undefined ? "" : WORDS[row[hairpin]];
    }),
  ]);
  return markdown(["", ...receivers], rows);
}

function freedomTable({ freedom }: Findings): string {
  const rows = Object.entries(freedom).map(([what, answers]) => [
    what,
    ...FREE_MODES.map((mode) => (answers.get(mode) === true ? "yes" : "no")),
  ]);
  return markdown(["A link alone on its lower device", ...FREE_MODES], rows);
}

/** That source links overhear these, and no other link anybody. */
const hear = (found: Findings["eavesdroppers"]["off"], ...senders: readonly Sender[]): boolean =>
  isDeepStrictEqual(found, { "source, sender listed": senders });

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
