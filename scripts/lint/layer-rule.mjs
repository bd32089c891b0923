import { dirname, relative, resolve, sep } from "node:path";
import { isBuiltin } from "node:module";
import { layerFault, moduleFault } from "./layers.mjs";

/**
 * ESLint's own `no-restricted-imports` matches the text of an import, and "../link/model" means
 * another file in another folder. This rule resolves the path first and asks the table of layers.
 */
export const layerRule = {
  meta: { type: "problem", schema: [{ type: "object" }], messages: { layer: "{{fault}}" } },
  create(context) {
    const root = context.options[0]?.root ?? context.cwd;
    const fromRoot = (path) =>
      relative(root, path)
        .split(sep)
        .join("/")
        .replace(/\.[cm]?[jt]s$/, "");
    const importer = fromRoot(context.filename);

    function check(source, typesOnly) {
      if (typeof source?.value !== "string") return;
      const name = source.value;
      const fault = name.startsWith(".")
        ? layerFault(importer, fromRoot(resolve(dirname(context.filename), name)), typesOnly)
        : moduleFault(
            importer,
            isBuiltin(name) && !name.startsWith("node:") ? `node:${name}` : name,
          );
      if (fault !== undefined)
        context.report({ node: source, messageId: "layer", data: { fault } });
    }

    const allTypes = (node, kind) =>
      node[kind] === "type" ||
      (node.specifiers?.length > 0 && node.specifiers.every((one) => one[kind] === "type"));

    return {
      ImportDeclaration: (node) => check(node.source, allTypes(node, "importKind")),
      ExportNamedDeclaration: (node) => check(node.source, allTypes(node, "exportKind")),
      ExportAllDeclaration: (node) => check(node.source, allTypes(node, "exportKind")),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0], false),
      "CallExpression[callee.object.name='require'][callee.property.name='resolve']": (node) =>
        check(node.arguments[0], false),
    };
  },
};
