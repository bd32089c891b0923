import type * as pulumi from "@pulumi/pulumi";

/** How a host is reached. This version reaches the machine that Pulumi runs on. */
export interface ConnectionArgs {
  /** Run the agent as root under `sudo -n`, so that Pulumi itself needs no root. Default: false. */
  sudo?: pulumi.Input<boolean>;
  /** The Python interpreter, a path or a name in PATH; 3.6 or newer. Default: `python3`, else `/usr/libexec/platform-python`. */
  python?: pulumi.Input<string>;
  /** Seconds that any one answer may take, 1 to 3600. Default: 30. */
  deadline?: pulumi.Input<number>;
  /** What the host is called in names, MAC addresses and ids. Default: a hash of its machine-id. */
  id?: pulumi.Input<string>;
}
