const SHAPE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d{2}):(\d{2}))| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

/** True where Go's YAML library sees a time stamp: a date, or a date and a time in one of two forms. */
export function isTimestamp(text: string): boolean {
  if (text.charCodeAt(4) !== 45) return false;
  const match = SHAPE.exec(text);
  if (match === null) return false;
  const field = (index: number): number => Number(match[index] ?? 0);
  const hour = field(4) + field(9);
  const minute = field(5) + field(10);
  const second = field(6) + field(11);
  if (hour > 23 || minute > 59 || second > 59 || field(7) > 24 || field(8) > 60) return false;
  return isDay(field(1), field(2), field(3));
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return day <= days;
}
