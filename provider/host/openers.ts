/** Who has which tap devices open. */
import type { Session } from "./session";

export interface Process {
  readonly pid: number;
  /** Its name, at most 15 bytes of it. */
  readonly comm: string;
}

export interface TapUsers {
  readonly openers: readonly Process[];
  /** Some processes could not be looked at. */
  readonly hidden: boolean;
}

type Numbers = readonly [major: number, minor: number];

interface Answer {
  readonly openers: readonly (readonly Process[])[];
  readonly hidden: boolean;
}

/** The host goes through the descriptors of all its processes for it: once for all that ask in one moment. */
export class Openers {
  #asking: { readonly devices: Numbers[]; readonly answer: Promise<Answer> } | undefined;

  constructor(private readonly session: Session) {}

  async of(device: Numbers): Promise<TapUsers> {
    const { devices, answer } = (this.#asking ??= this.#begin());
    const at = devices.push(device) - 1;
    const { openers, hidden } = await answer;
    return { openers: openers[at] ?? [], hidden };
  }

  #begin(): { devices: Numbers[]; answer: Promise<Answer> } {
    const devices: Numbers[] = [];
    const answer = Promise.resolve().then(() => {
      this.#asking = undefined;
      return this.session.file({ op: "openers", devices }) as Promise<Answer>;
    });
    return { devices, answer };
  }
}
