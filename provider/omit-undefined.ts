/** A copy without the keys that hold undefined, which saved state and strict optional types have no place for. */
export function omitUndefined<T extends object>(
  object: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as never;
}
