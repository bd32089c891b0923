import type * as Describe from "../netlink/describe";
import { decodeMessages } from "../netlink/message";

const isOn = process.env["PULUMI_MACVLAN_TRACE"] === "1";

/** With PULUMI_MACVLAN_TRACE=1 every netlink message goes to stderr in readable form, both ways. */
export function trace(
  direction: "to the kernel" | "from the kernel",
  datagrams: readonly Uint8Array[],
): void {
  if (!isOn) return;
  // With it come the names of all that the kernel has, which no other run needs.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { describeMessage } = require("../netlink/describe") as typeof Describe;
  for (const message of datagrams.flatMap(decodeMessages)) {
    process.stderr.write(`${direction}: ${describeMessage(message)}\n`);
  }
}
