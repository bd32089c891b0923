/** A program for `killed-provider.test.ts`: makes and deletes the links whose inputs it is given, without end. */
import type { LinkInputs } from "../../provider/link/model";
import { openHost } from "../../provider/host/open-host";
import { createLink, deleteLink } from "../../provider/resources/link";
import { PYTHON } from "../support/python";
import { makeOverAndOver } from "./interruptions";

const config = (key: string): string | undefined => (key === "python" ? PYTHON : undefined);

async function main(): Promise<void> {
  const links = JSON.parse(process.argv[2] ?? "[]") as LinkInputs[];
  const { session } = await openHost({}, config);
  // Instead of ten seconds: a test waits for it.
  Object.assign(session, { deadlineMs: 500 });
  for (const inputs of links) {
    const { id, state } = await createLink({ inputs, config });
    await deleteLink({ id, state, config });
  }
  process.stdout.write("under way\n");
  await Promise.all(links.map((inputs) => makeOverAndOver(inputs, config)));
}

void main();
