import * as sdk from "../sdk";
import type { Program } from "./pulumi-contestant";

/** One resource for all links, where this package has it. */
export function linkSet(name: string, args: object): Program | undefined {
  if (!("LinkSet" in sdk)) return undefined;
  return {
    name,
    text: (links) => `
      const { LinkSet } = require("pulumi-macvlan");
      const args = ${JSON.stringify(args)};
      new LinkSet("farm", { ...args, kind: "macvlan", count: ${links}, namePattern: "link{n}" });
    `,
    makesLinks: true,
  };
}
