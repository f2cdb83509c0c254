/** A time (milliseconds since 1970) as Go writes RFC 3339 in this machine's zone. */
export function localTimestamp(time: number): string {
  const date = new Date(time);
  const offset = -date.getTimezoneOffset();
  const shifted = new Date(time + offset * 60_000)
    .toISOString()
    .slice(0, -1)
    .replace(/\.?0*$/, "");
  if (offset === 0) return `${shifted}Z`;
  const size = Math.abs(offset);
  return `${shifted}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
