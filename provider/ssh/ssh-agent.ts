/** The user's ssh agent: which keys it has, and a login with one of them alone. */
import {
  BaseAgent,
  createAgent,
  type IdentityCallback,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";
import { type PublicKey, publicKeyOf, stringsIn } from "./key-file";

// RFC draft-miller-ssh-agent, 3.
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const MOST_BYTES = 1024 * 1024;
/** An agent may ask somebody to unlock it; nobody may be there. */
const PATIENCE_MS = 10_000;

/**
 * All of its keys in its own order, those too that ssh2 passes over because it cannot use them.
 * Rejects when it does not answer.
 */
export function keysOfAgent(socketPath: string): Promise<readonly PublicKey[]> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error("it does not answer"));
    createAgent(socketPath).getStream?.((error, given) => {
      if (error != null || given === undefined) return fail();
      const stream = given;
      const late = setTimeout(() => stream.destroy(), PATIENCE_MS);
      let heard = Buffer.alloc(0);
      stream.on("data", (bytes: Buffer) => {
        heard = Buffer.concat([heard, bytes]);
        const length = heard.length < 4 ? 0 : heard.readUInt32BE(0);
        if (heard.length < 4 || (heard.length < 4 + length && length <= MOST_BYTES)) return;
        const keys = heard[4] === IDENTITIES_ANSWER ? keysIn(heard.subarray(9, 4 + length)) : [];
        resolve(keys);
        stream.destroy();
      });
      stream.on("error", fail);
      stream.on("close", () => {
        clearTimeout(late);
        fail();
      });
      stream.write(Buffer.from([0, 0, 0, 1, REQUEST_IDENTITIES]));
    });
  });
}

/** A key and its comment, for each. */
function keysIn(bytes: Buffer): PublicKey[] {
  return stringsIn(bytes).flatMap((blob, index) =>
    index % 2 === 0 ? (publicKeyOf(blob) ?? []) : [],
  );
}

/** The agent as ssh2 is to see it: with one key. What it has beside would use up the server's patience. */
export class AgentWithOneKey extends BaseAgent<Buffer> {
  constructor(
    private readonly socketPath: string,
    private readonly blob: Buffer,
  ) {
    super();
  }

  getIdentities(answer: IdentityCallback<Buffer>): void {
    answer(undefined, [this.blob]);
  }

  sign(
    key: Buffer,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    answer?: SignCallback,
  ): void {
    const agent = createAgent(this.socketPath);
    if (typeof options === "function") agent.sign(key, data, options);
    else agent.sign(key, data, options, answer);
  }
}
