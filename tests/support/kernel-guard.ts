/** Keeps tests that make links away from a machine's own network. */
import { execFileSync } from "node:child_process";

// What the kernel puts into every new namespace, depending on the drivers that are loaded.
const KERNELS_OWN =
  /^(lo|sit0|tunl0|gre0|gretap0|erspan0|ip6tnl0|ip6gre0|ip_vti0|ip6_vti0|teql0|bonding_masters)$/;

/**
 * Throws unless this process is root in a network namespace that nobody uses. A machine's own one,
 * or a container's, has a device that leads somewhere; a sandbox has loopback.
 */
export function refuseOutsideSandbox(): void {
  const others = linkNames().filter((name) => !KERNELS_OWN.test(name));
  if (process.getuid?.() === 0 && others.length === 0) return;
  const why =
    process.getuid?.() === 0
      ? `this network namespace has devices of its own (${others.join(", ")})`
      : "links and their tap devices need root";
  throw new Error(
    `The kernel tests do not run here: ${why}. ` +
      'Run them in a sandbox, as root: scripts/sandbox --root npx mocha "tests/kernel/**/*.test.ts"',
  );
}

function linkNames(): string[] {
  const shown = execFileSync("ip", ["-j", "link", "show"], { encoding: "utf8" });
  return (JSON.parse(shown) as { ifname: string }[]).map(({ ifname }) => ifname);
}
