/** Jump hosts as ssh_config has them, and those that a jump host has itself. */
import type { SshHop } from "../ssh-hop";

/** "user@host:port", as ProxyJump has it. */
export function hopOf(jump: string): SshHop {
  const [, user, bracketed, plain, port] =
    /^(?:(.*)@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(jump) ?? [];
  return {
    host: bracketed ?? plain ?? jump,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: Number(port) }),
  };
}

/** Nobody has so many; ssh itself goes on until there are no processes left. */
const MOST_JUMPS = 16;

/**
 * All jump hosts on the way to a host, the nearest first. The nearest may have a jump host of its own in
 * ssh_config; what the others have there is passed over, since the one before them is given.
 *
 * @param jumpsOf what ssh_config says of a hop's own jump hosts
 */
export function wholeWay(
  to: SshHop,
  jumps: readonly SshHop[],
  jumpsOf: (hop: SshHop) => readonly SshHop[],
): readonly SshHop[] {
  const way: SshHop[] = [];
  let [nearest, ...others] = jumps;
  while (nearest !== undefined) {
    way.unshift(nearest, ...others);
    const names = [...way, to].map(nameOf).reverse();
    if (new Set(names).size < names.length)
      throw new Error(`the ProxyJump of ssh_config goes in a circle: ${names.join(" → ")}`);
    if (way.length > MOST_JUMPS)
      throw new Error(
        `there are more than ${MOST_JUMPS} jump hosts on the way: ${names.join(" → ")}`,
      );
    [nearest, ...others] = jumpsOf(nearest);
  }
  return way;
}

function nameOf({ user, host, port }: SshHop): string {
  const at = user === undefined ? "" : `${user}@`;
  return `${at}${host}${port === undefined ? "" : `:${port}`}`;
}
