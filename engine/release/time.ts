/** How Go prints its zero time. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

/**
 * RFC 3339 with nanoseconds and no trailing zeros, as Go writes `time.Time`. `nanos` (0 to 999,999) is what follows the
 * milliseconds.
 */
export function formatTime(milliseconds: number, nanos = 0): string {
  const iso = new Date(milliseconds).toISOString();
  const fraction = `${iso.slice(20, 23)}${String(nanos).padStart(6, "0")}`;
  let end = fraction.length;
  while (end > 0 && fraction.charAt(end - 1) === "0") end--;
  return end === 0 ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 19)}.${fraction.slice(0, end)}Z`;
}

/** A time member as it was read: absent for an empty text, which Helm 3 wrote, and for Go's zero time. */
export function parseTime(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text === ZERO_TIME ? undefined : text;
}
