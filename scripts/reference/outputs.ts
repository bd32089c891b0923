import ts from "typescript";

export interface Output {
  readonly name: string;
  /** Where it is to be had: "Macvtap", or "Link" for both. */
  readonly className: string;
  readonly type: string;
  readonly doc: string;
}

/** The outputs that a resource class or its interface declares, each with its comment, in the order of the source. */
export function outputsIn(source: string, className: string): Output[] {
  const file = ts.createSourceFile(`${className}.ts`, source, ts.ScriptTarget.ES2022, true);
  const found = file.statements.filter(
    (each) => ts.isClassDeclaration(each) || ts.isInterfaceDeclaration(each),
  );
  const declaration = found.find(({ name }) => name?.text === className);
  if (declaration === undefined) throw new Error(`there is no class ${className}`);
  const members: readonly (ts.ClassElement | ts.TypeElement)[] = [...declaration.members];
  return members.filter(isReadable).flatMap((member) => {
    const { type } = member;
    const isOutput =
      type !== undefined &&
      ts.isTypeReferenceNode(type) &&
      /^(pulumi\.)?Output$/.test(type.typeName.getText());
    if (!isOutput) return [];
    const [comment] = ts.getJSDocCommentsAndTags(member);
    return {
      name: member.name.getText(),
      className,
      type: type.typeArguments?.[0]?.getText() ?? "",
      doc: comment === undefined ? "" : textOf(comment),
    };
  });
}

type Readable = ts.PropertyDeclaration | ts.PropertySignature | ts.GetAccessorDeclaration;

function isReadable(member: ts.ClassElement | ts.TypeElement): member is Readable {
  return (
    ts.isPropertyDeclaration(member) ||
    ts.isPropertySignature(member) ||
    ts.isGetAccessorDeclaration(member)
  );
}

function textOf({ comment }: ts.JSDoc | ts.JSDocTag): string {
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ");
}
