/** IFALIASZ is 256 with the closing NUL. */
const KERNEL_ALIAS_BYTES = 255;
const MARK_LENGTH = 12;
const MARKED = /^(?:(?<text>[^]*) )?\[pulumi-macvlan:(?<mark>[a-z2-7]+)\]$/;

/** What is left of the kernel's alias for the user's own text, a space and the mark taken off. */
export const ALIAS_TEXT_BYTES =
  KERNEL_ALIAS_BYTES - ` [pulumi-macvlan:${"x".repeat(MARK_LENGTH)}]`.length;

/** The kernel's alias: the user's text, and behind it the mark by which a link of ours is known. */
export function joinAlias(text: string, mark: string | undefined): string {
  if (mark === undefined) return text;
  return `${text}${text === "" ? "" : " "}[pulumi-macvlan:${mark}]`;
}

export function splitAlias(alias: string): {
  readonly text: string;
  readonly mark: string | undefined;
} {
  const groups = MARKED.exec(alias)?.groups;
  return groups === undefined
    ? { text: alias, mark: undefined }
    : { text: groups.text ?? "", mark: groups.mark };
}

export { MARK_LENGTH };
