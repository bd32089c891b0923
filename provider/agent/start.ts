/** From a channel to an agent that has said HELLO. */
import { randomBytes } from "node:crypto";
import { connectionBroken, type HostError, isHostError, messageOf } from "../errors";
import type { Channel, ChannelEnd, Transport } from "../transport/transport";
import { type Frame, FrameParser } from "./frame";
import { AgentFrame, decodeHello, type Hello, PROTOCOL_VERSION } from "./protocol";
import { agentSource, bootProgram, NO_INTERPRETER_STATUS, TOO_OLD_STATUS } from "./source";

/** Most bytes that a login banner or a noisy shell profile may print before the agent speaks. */
export const NOISE_CAP = 64 * 1024;

export const DEADLINE_SECONDS = 30;

export interface StartedAgent {
  readonly channel: Channel;
  readonly hello: Hello;
  /** In words, for errors. */
  readonly host: string;
  /** How long it took, login included. */
  readonly startMs: number;
}

export interface StartOptions {
  /** How long the whole of it may take; `DEADLINE_SECONDS` by default. */
  readonly deadlineSeconds?: number;
}

/** Rejects with a `HostError`, and leaves nothing running then. */
export async function startAgent(
  transport: Transport,
  { deadlineSeconds = DEADLINE_SECONDS }: StartOptions = {},
): Promise<StartedAgent> {
  const began = performance.now();
  const source = agentSource();
  const marker = `pulumi-macvlan-${randomBytes(16).toString("hex")}`;
  let channel: Channel | undefined;
  const nobodyWaits = new AbortController();
  const tooLate = (): HostError => {
    const said = saying(channel?.stderrTail() ?? "");
    return broken(transport.host, `It did not answer within ${deadlineSeconds} seconds${said}`);
  };
  const within = new Deadline(deadlineSeconds, tooLate, () => nobodyWaits.abort());
  try {
    const starting = transport
      .start(bootProgram(marker, source.length), nobodyWaits.signal)
      .catch((error: unknown) => {
        throw isHostError(error) ? error : broken(transport.host, messageOf(error));
      });
    // Should it come up after its time, nobody would be there to end it.
    channel = await within.watch(starting, (late) => late.destroy());
    try {
      const hello = await within.watch(greeting(channel, transport.host, marker, source));
      return { channel, hello, host: transport.host, startMs: performance.now() - began };
    } catch (error) {
      channel.destroy();
      throw error;
    }
  } finally {
    within.clear();
  }
}

function greeting(channel: Channel, host: string, marker: string, source: Buffer): Promise<Hello> {
  return new Promise((resolve, reject) => {
    const parser = new FrameParser();
    let noise: Buffer | undefined = Buffer.alloc(0);
    channel.onEnd((end) =>
      reject(explained(end, channel.stderrTail(), noise ?? Buffer.alloc(0), host)),
    );
    channel.onData((bytes) => {
      try {
        if (noise === undefined) return accept(parser.push(bytes));
        noise = Buffer.concat([noise, bytes]);
        const at = noise.indexOf(marker);
        if (at >= 0) {
          const rest = noise.subarray(at + marker.length);
          noise = undefined;
          channel.write(source);
          accept(parser.push(rest));
        } else if (noise.length > NOISE_CAP) {
          const cause = `It printed more than ${NOISE_CAP / 1024} KiB, and no sign of the agent`;
          reject(broken(host, cause, "Look for what its shell profile or login banner prints"));
        }
      } catch (error) {
        reject(broken(host, `The agent's first answer is ${messageOf(error)}`));
      }
    });
    const accept = ([first]: Frame[]): void => {
      if (first === undefined) return;
      const hello = first.type === AgentFrame.HELLO ? decodeHello(first.payload) : undefined;
      if (hello?.protocol === PROTOCOL_VERSION) return resolve(hello);
      const theirs = hello === undefined ? "none" : String(hello.protocol);
      reject(broken(host, `It speaks protocol ${theirs}, not ${PROTOCOL_VERSION}`));
    };
  });
}

/** Why the interpreter ended before it became the agent, as far as it, sudo and the shell tell. */
function explained(end: ChannelEnd, stderr: string, noise: Buffer, host: string): HostError {
  if (end.cure !== undefined) return broken(host, end.reason, end.cure);
  if (end.status === NO_INTERPRETER_STATUS) {
    const lookedFor = /looked for .*/.exec(stderr)?.[0] ?? "looked in PATH";
    return broken(
      host,
      `No Python interpreter was found; ${lookedFor}`,
      "Install Python 3.6 or newer there, or say where it is with connection.python",
    );
  }
  const tooOld = end.status === TOO_OLD_STATUS || /Unknown option: -I/.test(stderr);
  if (tooOld) {
    const version = /^[0-9.]+/.exec(stderr)?.[0] ?? "2";
    return broken(
      host,
      `Its Python is ${version}, too old`,
      "Install 3.6 or newer, or name one with connection.python",
    );
  }
  if (/sudo: .*must have a tty/.test(stderr)) {
    return broken(
      host,
      "sudo wants a terminal (requiretty), and there is none",
      "Write Defaults:USER !requiretty in sudoers, for this user, or connect as root",
    );
  }
  if (/sudo:/.test(stderr) && /a (password|terminal) is required/.test(stderr)) {
    return broken(
      host,
      "sudo asks for a password",
      "Allow this user to run the agent with NOPASSWD in sudoers, or connect as root",
    );
  }
  if (/sudo: (command )?not found/.test(stderr)) {
    return broken(
      host,
      "sudo was asked for and is not in PATH",
      "Install it, or connect as root without connection.sudo",
    );
  }
  if (/is not allowed to execute|is not in the sudoers file/.test(stderr)) {
    return broken(
      host,
      "sudo does not let this user run the agent",
      "Allow it in sudoers, or connect as root",
    );
  }
  if (/incorrect password attempt/.test(stderr)) {
    return broken(host, "sudo refused the password", "Look at connection.sudo");
  }
  const said = [stderr, noise.toString().trim()].filter((text) => text !== "").join("; ");
  const cure = /account is currently not available|nologin/.test(said)
    ? "Connect as a user whose login shell runs commands"
    : undefined;
  return broken(host, `${end.reason}${saying(said)}`, cure);
}

function saying(text: string): string {
  const last = text.split("\n").slice(-3).join(" | ").slice(-400).replace(/\.$/, "");
  return text === "" ? "" : `, saying: ${last}`;
}

function broken(host: string, cause: string, cure?: string): HostError {
  return connectionBroken({ host, operation: "start the agent", cause, cure });
}

/** One limit over several steps. */
class Deadline {
  readonly #timer: NodeJS.Timeout;
  readonly #passed: Promise<never>;

  /** `after`: done once all who watch have been told, and not for another reason that it gives. */
  constructor(seconds: number, error: () => Error, after: () => void) {
    let expire: (error: Error) => void = () => undefined;
    this.#passed = new Promise((_resolve, reject) => (expire = reject));
    this.#passed.catch(() => undefined);
    this.#timer = setTimeout(() => {
      expire(error());
      after();
    }, seconds * 1000);
  }

  watch<T>(step: Promise<T>, discard?: (late: T) => void): Promise<T> {
    const watched = Promise.race([step, this.#passed]);
    watched.catch(() => step.then(discard, () => undefined));
    return watched;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
