"use strict";
const { writeFileSync } = require("node:fs");

const pause = (milliseconds = 0) =>
  milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : undefined;

function kept({ __provider, ...properties }) {
  return properties;
}

/** `diff` compares inputs with old outputs, which hold the same keys. */
function differs(outputs, inputs) {
  return JSON.stringify(kept(outputs)) !== JSON.stringify(kept(inputs));
}

module.exports = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async (id, olds, news) => ({ changes: differs(olds, news) }),
  create: async (inputs) => {
    if (inputs.begun) writeFileSync(inputs.begun, "");
    await pause(inputs.sleep);
    return { id: "nothing", outs: kept(inputs) };
  },
  update: async (id, olds, news) => {
    await pause(news.sleep);
    return { outs: kept(news) };
  },
  read: async (id, properties) => ({ id, props: kept(properties) }),
  delete: async (id, properties) => {
    await pause(properties.sleep);
  },
};

// Without this the provider outlives an engine that was killed.
process.stdin.on("end", () => process.exit());
process.stdin.resume();
process.stdin.unref?.();
