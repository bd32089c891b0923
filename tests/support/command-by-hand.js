"use strict";
const pulumi = require("@pulumi/pulumi");

const run = (command, input) =>
  require("node:child_process").execFileSync("sh", ["-c", command], { input, encoding: "utf8" });

class Command extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    const provider = {
      create: async ({ create, stdin, delete: undo = "" }) => ({
        id: name,
        outs: { stdout: run(create, stdin), undo },
      }),
      delete: async (_, { undo }) => void run(undo, ""),
    };
    super(provider, name, { stdout: undefined, ...args }, opts);
  }
}

exports.local = { Command };
