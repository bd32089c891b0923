/** What iproute2 and /proc say of what stands around a link, in our words and sorted. */
import type { Route } from "../../provider/link/model";
import type { KernelLab } from "./kernel-lab";
import { type Run, runHere } from "./run-program";

interface IpAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly address?: string;
  readonly label?: string;
  readonly scope: string;
  readonly family: string;
  readonly dynamic?: boolean;
}

/** All but the link-local address that the kernel makes by itself. */
export function addressesShown(lab: KernelLab, netns: string, name: string): string[] {
  const shown = JSON.parse(lab.ip(netns, "-j", "address", "show", "dev", name)) as {
    readonly addr_info: readonly IpAddress[];
  }[];
  return (shown[0]?.addr_info ?? [])
    .filter(({ family, scope }) => family !== "inet6" || scope !== "link")
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    .sort();
}

interface IpRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly table?: string;
  readonly protocol?: string;
}

/** Those that are no work of the kernel's own. */
export function routesShown(lab: KernelLab, netns: string, name: string): Route[] {
  const of = (family: "-4" | "-6"): Route[] =>
    (
      JSON.parse(
        lab.ip(
          netns,
          family,
          "-j",
          "route",
          "show",
          "table",
          "all",
          "dev",
          name,
          "proto",
          "static",
        ),
      ) as IpRoute[]
    ).map(({ dst, gateway, prefsrc, metric, table }) => {
      const usual = family === "-6" ? 1024 : 0;
      const any = family === "-6" ? "::/0" : "0.0.0.0/0";
      const whole = dst.includes("/") ? dst : `${dst}/${family === "-6" ? 128 : 32}`;
      return {
        destination: dst === "default" ? any : whole,
        ...(gateway !== undefined && { gateway }),
        ...(prefsrc !== undefined && { source: prefsrc }),
        ...((metric ?? 0) !== usual && { metric: metric ?? 0 }),
        ...(table !== undefined && { table: Number(table) }),
      };
    });
  return [...of("-4"), ...of("-6")].sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

const pathOf = (link: string, name: string): string => {
  const [family = "", key = ""] = name.split(".");
  return `/proc/sys/net/${family}/conf/${link}/${key}`;
};

export function sysctlShown(netns: string, link: string, name: string, run: Run = runHere): number {
  return Number(run("ip", ["netns", "exec", netns, "cat", pathOf(link, name)]));
}

export function setSysctl(
  netns: string,
  link: string,
  name: string,
  value: number,
  run: Run = runHere,
): void {
  const script = 'printf %s "$1" > "$2"';
  const args = ["netns", "exec", netns, "sh", "-c", script, "sh", `${value}`, pathOf(link, name)];
  run("ip", args);
}

/** Those that the tests set. */
export function sysctlsShown(
  netns: string,
  link: string,
  run: Run = runHere,
): Readonly<Record<string, number>> {
  const names = ["ipv4.arp_ignore", "ipv4.rp_filter", "ipv6.accept_ra"];
  const paths = names.map((name) => pathOf(link, name));
  const values = run("ip", ["netns", "exec", netns, "cat", ...paths])
    .trim()
    .split("\n");
  return Object.fromEntries(names.map((name, n) => [name, Number(values[n])]));
}
