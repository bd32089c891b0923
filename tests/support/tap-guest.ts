/**
 * What stands for a virtual machine: a card in a namespace whose frames go through a tap. As with
 * one, the host knows nothing of the card: neither its MAC address nor its promiscuity.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PYTHON } from "./python";

export interface TapGuest {
  close(): Promise<void>;
}

/** A card `eth0` in the namespace. The tap: a macvtap's device file, or `netns/name` of an ordinary one to be made. */
export async function startTapGuest(netns: string, tap: string): Promise<TapGuest> {
  const args = ["-I", join(__dirname, "tap-guest.py"), netns, "eth0", tap];
  const child = spawn(PYTHON, args, { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const ready = once(child.stdout, "data");
  const isReady = await Promise.race([ready.then(() => true), gone.then(() => false)]);
  if (!isReady) throw new Error(`No guest on ${tap}`);
  return {
    async close() {
      if (child.kill("SIGKILL")) await gone;
    },
  };
}
