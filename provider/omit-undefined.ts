/** A copy without the keys that hold undefined, which saved state and strict optional types have no place for. */
export function omitUndefined<T extends object>(
  object: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const left: Record<string, unknown> = {};
  // Asked for thousands of links: entries would be as many arrays.
  for (const key of Object.keys(object)) {
    const value = object[key as keyof T];
    if (value !== undefined) left[key] = value;
  }
  return left as never;
}
