/** Go's JSON text of a finite float64: shortest digits, an exponent below 1e-6 and from 1e21 on. */
export function jsonFloat(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`. */
export function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? "+Inf" : "-Inf";
  if (Object.is(single, -0)) return "-0";
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return shortest(text);
  }
  return shortest(single.toExponential(9));
}

/** Go chooses between the two forms as if six digits were asked for. */
const SHORTEST_PRECISION = 6;

/** `%g` of a text in exponent form. */
function shortest(text: string): string {
  const mark = text.indexOf("e");
  const exponent = Number(text.slice(mark + 1));
  const sign = text.charCodeAt(0) === 45 ? "-" : "";
  const digits = text.slice(sign.length, mark).replace(".", "");
  if (exponent < -4 || exponent >= SHORTEST_PRECISION) {
    const size = Math.abs(exponent);
    return `${text.slice(0, mark)}e${exponent < 0 ? "-" : "+"}${size < 10 ? "0" : ""}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return rest === "" ? sign + whole : `${sign}${whole}.${rest}`;
}
