"use strict";
const { execFile } = require("node:child_process");
const { promisify } = require("node:util");

const run = promisify(execFile);

const over = ({ connection: { host, port = 22, user, privateKeyPath, knownHosts } }, command) =>
  run("ssh", [
    ...["-F", "none", "-p", String(port)],
    ...["-i", privateKeyPath, "-o", `UserKnownHostsFile=${knownHosts[0]}`],
    ...["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", `${user}@${host}`, command],
  ]);

const kept = ({ __provider, ...properties }) => properties;

module.exports = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async (id, olds, news) => ({
    changes: JSON.stringify(kept(olds)) !== JSON.stringify(kept(news)),
  }),
  create: async (inputs) => {
    const { name, lowerDevice, mode } = inputs;
    const make = `ip link add name ${name} link ${lowerDevice} type macvlan mode ${mode}`;
    await over(inputs, `${make} && ip link set dev ${name} up`);
    return { id: name, outs: kept(inputs) };
  },
  delete: async (id, properties) => {
    await over(properties, `ip link del dev ${id}`);
  },
};
