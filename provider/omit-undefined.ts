type All<Objects extends readonly object[]> = Objects extends readonly [
  infer First,
  ...infer Others extends readonly object[],
]
  ? First & All<Others>
  : unknown;

/**
 * One object of all, without the keys that hold undefined, which saved state and strict optional types have no place
 * for. Where several hold something, the last one counts.
 */
export function omitUndefined<Objects extends readonly object[]>(
  ...objects: Objects
): { [K in keyof All<Objects>]: Exclude<All<Objects>[K], undefined> } {
  const left: Record<string, unknown> = {};
  // Asked for thousands of links: entries would be as many arrays, and spreading them one object more.
  for (const object of objects as readonly Readonly<Record<string, unknown>>[])
    for (const key in object) if (object[key] !== undefined) left[key] = object[key];
  return left as never;
}
