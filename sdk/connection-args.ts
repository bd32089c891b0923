import type * as pulumi from "@pulumi/pulumi";
import type { HostKeyPolicy, Launcher, WhenUnreachable } from "../provider/link/model";

/**
 * One host on the way, with the names and meanings of `@pulumi/command`'s `remote.ConnectionArgs`,
 * except that a missing `hostKey` is never ignored: then known_hosts decides.
 */
export interface HopArgs {
  /** A name, an address, or an alias of ssh_config, whose word holds where nothing is said here. */
  host: pulumi.Input<string>;
  /** 1 to 65535. Default: ssh_config's, else 22. */
  port?: pulumi.Input<number>;
  /** Default: ssh_config's, else who runs Pulumi. */
  user?: pulumi.Input<string>;
  /** Tried after the keys. Saved as a secret. Not with the openssh launcher. */
  password?: pulumi.Input<string>;
  /** The text of a private key. Saved as a secret; `privateKeyPath` saves none. Not with the openssh launcher. */
  privateKey?: pulumi.Input<string>;
  /** Opens an encrypted private key. Saved as a secret. Not with the openssh launcher. */
  privateKeyPassword?: pulumi.Input<string>;
  /** A file on this machine. Default: ssh_config's, else ssh's default keys. */
  privateKeyPath?: pulumi.Input<string>;
  /** Socket of an ssh agent on this machine. Default: ssh_config's, else `SSH_AUTH_SOCK`. */
  agentSocketPath?: pulumi.Input<string>;
  /** How many failed attempts to connect are followed by another, 0 to 1000; -1: no limit. Default: 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds for each attempt, 1 to 3600; 0: no limit. Default: ssh_config's, else 15. */
  perDialTimeout?: pulumi.Input<number>;
  /** The key that the host must show, "ssh-ed25519 AAAA…". Default: as known_hosts says. Not with the openssh launcher. */
  hostKey?: pulumi.Input<string>;
  /** Its fingerprint instead, "SHA256:…", as `ssh-keygen -l` prints it. */
  hostKeyFingerprint?: pulumi.Input<string>;
  /** Paths of known_hosts files. Default: ssh_config's, else ssh's own. */
  knownHosts?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether the key of a host that is not known is refused, or taken and noted. Default: ssh_config's, else "strict". */
  hostKeyPolicy?: pulumi.Input<HostKeyPolicy>;
}

/**
 * How a host is reached: over SSH where `host` is given, by a launcher's command, else this machine.
 * A value of `@pulumi/command`'s `remote.ConnectionArgs` is one.
 */
export interface ConnectionArgs extends Partial<HopArgs> {
  /** Jump hosts, the nearest first. `[]`: none. Default: ssh_config's `ProxyJump`. Not with the openssh launcher. */
  proxy?: pulumi.Input<HopArgs> | pulumi.Input<pulumi.Input<HopArgs>[]>;
  /**
   * An SSH client of our own, the system's `ssh` with all that its user has configured, or any command
   * that yields stdin and stdout of a shell there (no other SSH field then, and `id`). Default: "ssh2".
   */
  launcher?: pulumi.Input<Launcher>;
  /** Run the agent as root under sudo; a text is the password that it asks for, saved as a secret. Default: false. */
  sudo?: pulumi.Input<boolean | string>;
  /** The Python interpreter, a path or a name in PATH; 3.6 or newer. Default: `/usr/bin/python3`, else `python3` in PATH, else `/usr/libexec/platform-python`. */
  python?: pulumi.Input<string>;
  /** Seconds that any one answer may take, 1 to 3600. Default: 30. */
  deadline?: pulumi.Input<number>;
  /** Seconds, 1 to 3600: how often a connection to another host is heard of; 0: never. Default: ssh_config's, else 5. */
  keepalive?: pulumi.Input<number>;
  /** What the host is called in names, MAC addresses and ids. Default: `host`; on this machine a hash of its machine-id. */
  id?: pulumi.Input<string>;
  /** Of links on a host that cannot be reached: "forget" lets delete, "keep" lets refresh go on. Default: "fail". */
  unreachable?: pulumi.Input<WhenUnreachable>;
}
