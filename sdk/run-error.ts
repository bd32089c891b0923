import * as pulumi from "@pulumi/pulumi";

/**
 * A program's own error, of which Pulumi shows the text. It has no stack: Pulumi prints stacks with
 * `util.inspect` in colour, which in Node 20 goes round for ever over that of an awaited export.
 */
export function runError(message: string): Error {
  return Object.assign(new pulumi.RunError(message), { stack: message });
}
