/** The agent as root through sudo, which may want a password. The password goes through stdin alone. */

/** `true`: sudo must not ask; a text: the password, should it ask. */
export type Sudo = boolean | string;

/** What is known of it where the password itself must not be. */
export type SudoKind = boolean | "password";

export function sudoKind(sudo: Sudo = false): SudoKind {
  return typeof sudo === "string" ? "password" : sudo;
}

/** sudo's own arguments; an empty prompt, since what it asks would be taken for what it complains of. */
export function sudoArguments(kind: true | "password"): readonly string[] {
  return kind === "password" ? ["-S", "-p", "", "--"] : ["-n", "--"];
}

/**
 * The password, as the first that is written. Whether sudo reads it is up to sudo: it asks for none
 * where sudoers wants none, or where it has asked a minute ago. What sudo leaves, the program skips,
 * up to the zero byte; otherwise a password would be run, and be shown as the program's first error.
 */
export function sudoInput(password: string): Buffer {
  if (/[\0\n]/.test(password))
    throw new RangeError("A sudo password has one line, without zero bytes");
  return Buffer.from(`${password}\n\0`);
}

/** The program, behind what skips `sudoInput`. sudo may have made stdin non-blocking. */
export function skippingPassword(program: string): string {
  const byte = "select.select([0],[],[])and os.read(0,1)or os._exit(65)";
  return `import os,select;[0 for b in iter(lambda:${byte},b"\\0")];${program}`;
}
