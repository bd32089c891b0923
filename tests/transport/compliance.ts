/** What every transport, and every agent behind it, is held to. */
import type { Transport } from "../../provider/transport/transport";
import { skipUnlessRoot, TestNamespace } from "../support/test-namespace";
import { Session, type SessionOptions } from "../../provider/host/session";
import { changesComeAndGo } from "./compliance/changes";
import { undoSurvives } from "./compliance/deaths";
import { touchesFewFiles } from "./compliance/files";
import { framesAreWhole } from "./compliance/framing";
import { passesMessages } from "./compliance/messages";

/** What a test of the suite works with; new for each test, and gone after it. */
export interface Fixture {
  readonly namespace: TestNamespace;
  /** A session that ends with the test. */
  readonly session: (options?: SessionOptions) => Promise<Session>;
  readonly transport: Transport;
  readonly reachesStopped: boolean;
}

export interface Reach {
  /** Whether letting go of a channel ends an agent that is stopped. Behind an sshd it stays, until it goes on. */
  readonly reachesStopped?: boolean;
}

/** `transport` must lead to an agent with root's rights on the machine that runs the tests. */
export function isCompliant(
  name: string,
  transport: () => Transport,
  { reachesStopped = true }: Reach = {},
): void {
  describe(`${name} transport`, () => {
    let namespace: TestNamespace;
    let sessions: Session[];

    before(function () {
      skipUnlessRoot(this);
    });
    beforeEach(() => {
      namespace = new TestNamespace();
      sessions = [];
    });
    afterEach(async () => {
      await Promise.all(sessions.map((session) => session.close()));
      namespace.remove();
    });

    const fixture = (): Fixture => ({
      namespace,
      reachesStopped,
      transport: transport(),
      session: async (options) => {
        const session = await Session.start(transport(), options);
        sessions.push(session);
        return session;
      },
    });
    framesAreWhole(fixture);
    passesMessages(fixture);
    changesComeAndGo(fixture);
    undoSurvives(fixture);
    touchesFewFiles(fixture);
  });
}
