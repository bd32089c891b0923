/** The command line of a program that writes files, or with --check says whether they are as it would write them. */
export type Asked = "to write" | "to check" | { readonly status: number };

/** An exit status where all is said already: the usage, to whoever asks for it or for what there is not. */
export function askedBy(args: readonly string[], usage: string): Asked {
  const [option, ...more] = args;
  if (option === "--help") {
    console.log(usage);
    return { status: 0 };
  }
  if (more.length > 0 || (option !== undefined && option !== "--check")) {
    console.error(usage);
    return { status: 2 };
  }
  return option === undefined ? "to write" : "to check";
}
