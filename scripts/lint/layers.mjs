/**
 * Who may import what. Data flows from the top of this list to its bottom, and so do imports; a
 * file belongs to the first layer whose folder (or file) holds it.
 *
 *   imports      layers it may import beside itself
 *   types        layers of which it may import types only
 *   node, npm    modules of Node.js and packages it may import; any, where left out
 *
 * A layer that does no input or output says so by the modules it leaves out, and is therefore
 * testable without root and without a kernel.
 */
export const LAYERS = [
  { name: "tests", in: ["tests"], imports: "any" },
  { name: "bench", in: ["bench"], imports: "any" },
  { name: "scripts", in: ["scripts"], imports: "any" },
  { name: "examples", in: ["examples"], imports: [] },
  {
    name: "sdk",
    in: ["sdk"],
    imports: ["link-set", "link", "door", "lookup", "basics"],
    types: ["resources", "host", "transport", "requests"],
  },
  {
    name: "lookup",
    in: ["provider/lookup"],
    imports: ["host", "link", "requests", "basics"],
    types: ["netlink"],
  },
  {
    name: "door",
    in: [
      ...["provider/dynamic", "provider/dynamic-bridge-port", "provider/dynamic-link-set"],
      ...["provider/doors", "provider/door", "provider/config"],
    ],
    imports: ["resources", "host", "port", "link-set", "link", "requests", "basics"],
  },
  {
    name: "resources",
    in: ["provider/resources"],
    imports: ["host", "port", "link-set", "link", "netlink", "requests", "basics"],
  },
  {
    name: "host",
    in: ["provider/host"],
    imports: ["transport", "agent", "link", "netlink", "basics"],
    types: ["requests"],
  },
  { name: "transport", in: ["provider/transport", "provider/ssh"], imports: ["agent", "basics"] },
  {
    name: "agent",
    in: ["provider/agent"],
    imports: ["basics"],
    types: ["transport"],
  },
  {
    name: "requests",
    in: ["provider/request"],
    imports: ["basics"],
    types: ["link"],
  },
  {
    name: "port",
    in: ["provider/port"],
    imports: ["link", "netlink", "basics"],
    node: ["node:util"],
    npm: [],
  },
  {
    name: "link-set",
    in: ["provider/link-set"],
    imports: ["link", "basics"],
    node: ["node:crypto", "node:util"],
    npm: [],
  },
  {
    name: "link",
    in: ["provider/link"],
    imports: ["netlink", "basics"],
    types: ["requests"],
    node: ["node:crypto", "node:util"],
    npm: ["fastest-levenshtein"],
  },
  { name: "netlink", in: ["provider/netlink"], imports: [], node: ["node:os"], npm: [] },
  { name: "basics", in: ["provider"], imports: [], node: [], npm: [] },
];

const layerOf = (path) =>
  LAYERS.find((layer) => layer.in.some((part) => path === part || path.startsWith(`${part}/`)));

/** Why `importer` may not import `imported` (both without extension, from the root), or undefined. */
export function layerFault(importer, imported, typesOnly) {
  const from = layerOf(importer);
  if (from === undefined || from.imports === "any") return undefined;
  const to = layerOf(imported);
  if (to === from || to === undefined) return undefined;
  if (from.imports.includes(to.name)) return undefined;
  if (!from.types?.includes(to.name)) {
    return `${from.name} may not import ${to.name}: imports go down the list in scripts/lint/layers.mjs only`;
  }
  return typesOnly
    ? undefined
    : `${from.name} may import only types of ${to.name}: write "import type"`;
}

/** Why `importer` may not import a module that is not ours, or undefined. */
export function moduleFault(importer, module) {
  const from = layerOf(importer);
  const allowed = module.startsWith("node:") ? from?.node : from?.npm;
  if (allowed === undefined || allowed.includes(module)) return undefined;
  return `${from.name} may not import ${module}: it must stay free of input and output`;
}
