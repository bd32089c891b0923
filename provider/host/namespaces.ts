/** A network namespace that the agent has open. */
export interface Namespace {
  /** By which frames to the agent name it. */
  readonly handle: number;
  /** The agent's descriptor of it, for IFLA_NET_NS_FD. */
  readonly fd: number;
  readonly inode: number;
  readonly device: number;
}

/** Where a link lives. */
export interface Place {
  /** The namespace of the lower device. */
  readonly below: Namespace;
  /** The link's own. */
  readonly beside: Namespace;
}
