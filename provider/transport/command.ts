/** The agent behind a command line of the user's own: `lxc exec c1 --`, `tsh ssh host`, `nsenter -t 1 -n`. */
import { startChild } from "./child-channel";
import { remoteCommand } from "./remote-command";
import { answerSudo, type Sudo, sudoKind } from "./sudo";
import type { Channel, Transport } from "./transport";

export interface CommandOptions {
  /**
   * A program and its arguments, to which `/bin/sh` is added; no shell of ours reads them. Its stdin
   * and stdout must be the host's, without a terminal between.
   */
  readonly command: readonly string[];
  /** The host, in words. */
  readonly host: string;
  /** The interpreter there: a path, or a name to look for in PATH. */
  readonly python?: string | undefined;
  readonly sudo?: Sudo | undefined;
}

export function commandTransport(options: CommandOptions): Transport {
  return { host: options.host, start: (program, signal) => start(program, options, signal) };
}

/**
 * Some launchers pass words on as they are, others join them for a shell, or for one after the other
 * (`ssh jump lxc exec c1 --`). One word without anything special reads the same everywhere, and
 * cannot end up as a command of its own on the wrong host; the line to run comes through stdin.
 */
async function start(
  program: string,
  { command, host, python, sudo }: CommandOptions,
  signal: AbortSignal | undefined,
): Promise<Channel> {
  const line = remoteCommand({ python, sudo: sudoKind(sudo) }, program);
  const channel = await startChild([...command, "/bin/sh"], host, { logsIn: true, signal });
  if (typeof sudo === "string") answerSudo(channel, sudo);
  // dash reads all there is, not a line: what is for others comes when it reads no more.
  channel.write(Buffer.from(`${line}\n`));
  return channel;
}
