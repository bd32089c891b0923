"use strict";
// Loaded before a program (NODE_OPTIONS=--require): where the plugin of @pulumi/command is not to be had, its
// commands are run by a dynamic provider that does what it does: `sh -c`, the text on stdin.
const Module = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return request === "@pulumi/command"
    ? require.resolve("./command-by-hand")
    : resolve.call(this, request, ...rest);
};
