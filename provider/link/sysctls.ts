/** The sysctls of a link, by name: where its message has each, and what it takes. */
import { numberAt } from "../netlink/device-settings";
import { unknownProperty } from "./did-you-mean";
import type { ObservedLink, Sysctls } from "./model";
import { type Fail, integer, show, type ValueType } from "./value-type";

type Row = readonly [number: number, min: number, max: number, unitsOfMessage?: number];

const INT = [-2147483648, 2147483647] as const;
const MS_PER_S = 1000;

/** IPV4_DEVCONF_* of `linux/ip.h`, and the values that mean something. */
const IPV4 = {
  forwarding: [1, 0, 1],
  proxy_arp: [3, 0, 1],
  accept_redirects: [4, 0, 1],
  secure_redirects: [5, 0, 1],
  send_redirects: [6, 0, 1],
  shared_media: [7, 0, 1],
  rp_filter: [8, 0, 2],
  accept_source_route: [9, 0, 1],
  bootp_relay: [10, 0, 1],
  log_martians: [11, 0, 1],
  arp_filter: [13, 0, 1],
  medium_id: [14, -1, INT[1]],
  disable_xfrm: [15, 0, 1],
  disable_policy: [16, 0, 1],
  force_igmp_version: [17, 0, 3],
  arp_announce: [18, 0, 2],
  arp_ignore: [19, 0, 8],
  promote_secondaries: [20, 0, 1],
  arp_accept: [21, 0, 2],
  arp_notify: [22, 0, 1],
  accept_local: [23, 0, 1],
  src_valid_mark: [24, 0, 1],
  proxy_arp_pvlan: [25, 0, 1],
  route_localnet: [26, 0, 1],
  igmpv2_unsolicited_report_interval: [27, 0, INT[1]],
  igmpv3_unsolicited_report_interval: [28, 0, INT[1]],
  ignore_routes_with_linkdown: [29, 0, 1],
  drop_unicast_in_l2_multicast: [30, 0, 1],
  drop_gratuitous_arp: [31, 0, 1],
  bc_forwarding: [32, 0, 1],
  arp_evict_nocarrier: [33, 0, 1],
} as const satisfies Readonly<Record<string, Row>>;

/**
 * DEVCONF_* of `linux/ipv6.h`; last, how many of the message's units are one of the file's. Without those
 * that the kernel rounds to ticks of its clock (mldv1_unsolicited_report_interval), which never read as written.
 */
const IPV6 = {
  forwarding: [0, 0, 2],
  hop_limit: [1, 1, 255],
  accept_ra: [3, 0, 2],
  accept_redirects: [4, 0, 1],
  autoconf: [5, 0, 1],
  dad_transmits: [6, 0, 1000],
  router_solicitations: [7, -1, 1000],
  router_solicitation_interval: [8, 0, 86400, MS_PER_S],
  router_solicitation_delay: [9, 0, 86400, MS_PER_S],
  use_tempaddr: [10, -1, 2],
  temp_valid_lft: [11, 0, INT[1]],
  temp_prefered_lft: [12, 0, INT[1]],
  regen_max_retry: [13, 0, 1000],
  max_desync_factor: [14, 0, INT[1]],
  max_addresses: [15, 0, 100000],
  force_mld_version: [16, 0, 2],
  accept_ra_defrtr: [17, 0, 1],
  accept_ra_pinfo: [18, 0, 1],
  accept_ra_rtr_pref: [19, 0, 1],
  router_probe_interval: [20, 0, 86400, MS_PER_S],
  accept_ra_rt_info_max_plen: [21, 0, 128],
  proxy_ndp: [22, 0, 1],
  optimistic_dad: [23, 0, 1],
  accept_source_route: [24, -1, 1],
  disable_ipv6: [26, 0, 1],
  accept_dad: [27, -1, 2],
  force_tllao: [28, 0, 1],
  ndisc_notify: [29, 0, 1],
  suppress_frag_ndisc: [32, 0, 1],
  accept_ra_from_local: [33, 0, 1],
  use_optimistic: [34, 0, 1],
  accept_ra_mtu: [35, 0, 1],
  use_oif_addrs_only: [37, 0, 1],
  accept_ra_min_hop_limit: [38, 0, 255],
  ignore_routes_with_linkdown: [39, 0, 1],
  drop_unicast_in_l2_multicast: [40, 0, 1],
  drop_unsolicited_na: [41, 0, 1],
  keep_addr_on_down: [42, -1, 1],
  router_solicitation_max_interval: [43, 0, 86400, MS_PER_S],
  seg6_enabled: [44, 0, 1],
  seg6_require_hmac: [45, -1, 1],
  enhanced_dad: [46, 0, 1],
  disable_policy: [48, 0, 1],
  accept_ra_rt_info_min_plen: [49, 0, 128],
  ndisc_tclass: [50, 0, 255],
  rpl_seg_enabled: [51, 0, 1],
  ra_defrtr_metric: [52, ...INT],
  ioam6_enabled: [53, 0, 1],
  ioam6_id: [54, 0, 65535],
  ndisc_evict_nocarrier: [56, 0, 1],
  accept_untracked_na: [57, 0, 2],
  accept_ra_min_lft: [58, 0, INT[1]],
  force_forwarding: [59, 0, 1],
} as const satisfies Readonly<Record<string, Row>>;

/** Not for programs: see `arp.ts`. */
const OURS = new Map<string, Row>([["ipv4.tag", [12, ...INT]]]);
const ROWS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...Object.entries(IPV4).map(([name, row]) => [`ipv4.${name}`, row] as const),
  ...Object.entries(IPV6).map(([name, row]) => [`ipv6.${name}`, row] as const),
]);

/** For the reference page. */
export const SYSCTL_NAMES: readonly string[] = [...ROWS.keys()];

/** The values that it takes. */
export function sysctlRange(name: string): readonly [min: number, max: number] | undefined {
  const row = ROWS.get(name);
  return row && [row[1], row[2]];
}

// As sysctl(8) spells them, with the link's own name between.
const LONG = /^net[./](ipv[46])[./]conf[./](?:(.+)[./])?([^./]+)$/;

/** A spelling with the name of another device, or of all of them, would be taken for the link's own. */
export function refuseOtherDevices(
  given: unknown,
  { name: link }: Readonly<Record<string, unknown>>,
  fail: Fail,
): void {
  if (typeof given !== "object" || given === null || typeof link !== "string") return;
  for (const spelled of Object.keys(given)) {
    const [, family, device, key] = LONG.exec(spelled) ?? [];
    if (device !== undefined && device !== link)
      fail(
        `sysctls["${spelled}"]`,
        `it is one of ${show(device)}, and the link is called ${show(link)}; write "${family}.${key}" for the link's own`,
      );
  }
}

export const sysctls: ValueType<Sysctls> = {
  describe: 'object of numbers, as `{ "ipv4.arp_ignore": 1 }`',
  parse(value, path, fail) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      fail(path, `${show(value)} is no object; write { "ipv4.arp_ignore": 1 }`);
      return undefined;
    }
    const parsed: Record<string, number> = {};
    for (const [spelled, given] of Object.entries(value)) {
      if (given === undefined || given === null) continue;
      const name = spelled.replace(LONG, "$1.$3");
      const row = ROWS.get(name);
      const own = `${path}["${spelled}"]`;
      if (row === undefined)
        fail(
          own,
          unknownProperty(name, SYSCTL_NAMES).replace(
            "property",
            "sysctl of a link that can be set here",
          ),
        );
      else {
        const number = integer(row[1], row[2]).parse(given, own, fail);
        if (number === undefined) continue;
        if ((parsed[name] ?? number) !== number)
          fail(own, `${name} is ${parsed[name]} by another spelling; say it once`);
        parsed[name] = number;
      }
    }
    const inOrder = Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1));
    return inOrder.length === 0 ? undefined : Object.fromEntries(inOrder);
  },
};

const rowOf = (name: string): Row | undefined => ROWS.get(name) ?? OURS.get(name);

/** What a link has of it now; undefined where its kernel does not know it. */
export function sysctlSeen(name: string, { conf }: Pick<ObservedLink, "conf">): number | undefined {
  const [number, , , units = 1] = rowOf(name) ?? [];
  if (number === undefined) return undefined;
  if (name.startsWith("ipv4.")) return numberAt(conf.ipv4, number - 1);
  const value = numberAt(conf.ipv6, number);
  return value === undefined ? undefined : value / units;
}

export function sysctlsSeen(names: readonly string[], link: Pick<ObservedLink, "conf">): Sysctls {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = sysctlSeen(name, link);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** By IPV4_DEVCONF_*, what netlink can set. */
export function ipv4Numbers(values: Sysctls): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(values).flatMap(([name, value]) => {
      const [number] = rowOf(name) ?? [];
      return name.startsWith("ipv4.") && number !== undefined ? [[number, value] as const] : [];
    }),
  );
}

/** A name in dots would be cut at those of the link's own. */
export const sysctlPath = (name: string, link: string): string => {
  const [family = "", key = ""] = name.split(".");
  return `/proc/sys/net/${family}/conf/${link}/${key}`;
};
