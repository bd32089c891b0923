/** Random numbers from 0 to 1 that come again: MACVLAN_TEST_SEED repeats the run that printed it. */
export function seededRandom(): () => number {
  const given = process.env["MACVLAN_TEST_SEED"];
  let state = given === undefined ? Date.now() % 2 ** 32 : Number(given);
  console.log(`      MACVLAN_TEST_SEED=${state}`);
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
