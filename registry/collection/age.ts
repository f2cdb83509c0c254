/** Age classes to one doubling of the age. */
const FINENESS = 16;
const MINUTE_MS = 60_000;

/** The class of an age in milliseconds; older is larger. A class spans about four per cent. */
export function ageClass(age: number): number {
  return Math.floor(FINENESS * Math.log2(1 + Math.max(0, age) / MINUTE_MS));
}

/** The first age class that does not fit into `cap` bytes, counted from the youngest; what is of it or older goes. */
export function firstEvicted(ages: Readonly<Record<string, number>>, cap: number): number {
  const classes = Object.keys(ages).map(Number);
  classes.sort((a, b) => a - b);
  let total = 0;
  for (const each of classes) {
    total += ages[String(each)] ?? 0;
    if (total > cap) return each;
  }
  return Number.POSITIVE_INFINITY;
}
