/** "vm1, vm2 and 8 more". */
export function few(what: readonly string[], most: number): string {
  if (what.length <= most) return what.join(", ");
  return `${what.slice(0, most).join(", ")} and ${what.length - most} more`;
}
