/** The agent as root through sudo, which may want a password. The password goes through stdin alone. */
import type { Channel } from "./transport";

/** `true`: sudo must not ask; a text: the password, should it ask. */
export type Sudo = boolean | string;

/** What is known of it where the password itself must not be. */
export type SudoKind = boolean | "password";

export function sudoKind(sudo: Sudo = false): SudoKind {
  return typeof sudo === "string" ? "password" : sudo;
}

/** What we have sudo ask with: nothing else that a host prints is taken for its question. */
export const SUDO_PROMPT = "pulumi-macvlan:sudo:";

/** sudo's own arguments. It asks through stderr and reads stdin. */
export function sudoArguments(kind: true | "password"): readonly string[] {
  return kind === "password" ? ["-S", "-p", SUDO_PROMPT, "--"] : ["-n", "--"];
}

/**
 * Writes the password when sudo asks for it, and only then: where sudoers wants none, or where what
 * runs there is no sudo but a login shell's menu, it would be read by another, who may print or
 * record it. Who is asked a second time had the wrong one, and ends the program's input.
 */
export function answerSudo(channel: Channel, password: string): void {
  if (/[\0\n]/.test(password))
    throw new RangeError("A sudo password has one line, without zero bytes");
  let heard = "";
  let isGiven = false;
  channel.onStderr((bytes) => {
    heard += bytes.toString("latin1");
    for (let at = heard.indexOf(SUDO_PROMPT); at >= 0; at = heard.indexOf(SUDO_PROMPT)) {
      heard = heard.slice(at + SUDO_PROMPT.length);
      if (isGiven) channel.close();
      else channel.write(Buffer.from(`${password}\n`));
      isGiven = true;
    }
    heard = heard.slice(-SUDO_PROMPT.length);
  });
}
