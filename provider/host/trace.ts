import { describeMessage } from "../netlink/describe";
import { decodeMessages } from "../netlink/message";

const isOn = process.env["PULUMI_MACVLAN_TRACE"] === "1";

/** With PULUMI_MACVLAN_TRACE=1 every netlink message goes to stderr in readable form, both ways. */
export function trace(
  direction: "to the kernel" | "from the kernel",
  datagrams: readonly Uint8Array[],
): void {
  if (!isOn) return;
  for (const message of datagrams.flatMap(decodeMessages)) {
    process.stderr.write(`${direction}: ${describeMessage(message)}\n`);
  }
}
