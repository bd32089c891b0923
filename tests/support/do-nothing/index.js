"use strict";
const pulumi = require("@pulumi/pulumi");

// What is saved is one `require`, as ours is, so that both states weigh the same.
const PROVIDER = 'exports.handler=()=>require("do-nothing/provider")';

class Nothing extends pulumi.CustomResource {
  /**
   * `args` come back as outputs. `sleep`: milliseconds that create, update and delete take; `begun`:
   * a file that create writes first. The engine announces a create before it records it, so only
   * then is it sure to be recorded.
   */
  constructor(name, args = {}, options = {}) {
    super(
      "pulumi-nodejs:dynamic/nothing:Nothing",
      name,
      { ...args, __provider: PROVIDER },
      options,
    );
  }
}

exports.Nothing = Nothing;
