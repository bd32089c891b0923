/** A copy without the keys that hold undefined, which saved state and strict optional types have no place for. */
export function omitUndefined<T extends object>(
  object: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const left: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) left[key] = value;
  return left as never;
}
