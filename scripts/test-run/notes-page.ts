/** Reads docs/notes.md: what it quotes, each with a verdict and the tests that hold it. */
import type { NamedTest } from "./named-tests";

export interface Verdict {
  readonly quote: string;
  /** The first words of what follows the quote, in bold: "True", "Only if". */
  readonly verdict: string;
  readonly tests: readonly NamedTest[];
}

const TEST = /^- `([^`]+)`: (.+)$/;

export function readNotesPage(page: string): Verdict[] {
  const [, ...parts] = page.split(/^> /m);
  return parts.map((part) => {
    const [quote = "", ...lines] = part.split("\n");
    const said = lines.find((line) => line !== "") ?? "";
    return {
      quote,
      verdict: /^\*\*([^*]+?)\.?\*\*/.exec(said)?.[1] ?? "",
      tests: lines.flatMap((line) => {
        const [, file, title] = TEST.exec(line) ?? [];
        return file !== undefined && title !== undefined ? [{ file, title }] : [];
      }),
    };
  });
}
