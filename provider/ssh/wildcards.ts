/**
 * Whether a text is like a pattern with `*` and `?`, in the case that both are written. To go back to
 * the last star alone is enough, and takes no exponential time.
 */
export function fits(text: string, pattern: string): boolean {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[next] === "*") {
      [star, resume] = [next, at];
      next += 1;
    } else if (pattern[next] === "?" || pattern[next] === text[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, next] = [resume, star + 1];
    } else return false;
  }
  return /^\**$/.test(pattern.slice(next));
}
