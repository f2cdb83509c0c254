import { runeCount } from "../go/utf8.ts";
import { fail } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { count, localized, quoted } from "./message.ts";
import { compareDecimals, isMultiple } from "./number.ts";
import type { Decimal } from "./number.ts";
import type { NumberRules, TextRules } from "./schema.ts";

/** `minLength`, `maxLength` (runes) and `pattern`. */
export function checkText(frame: Frame, rules: TextRules, value: string): void {
  const { minLength, maxLength, pattern } = rules;
  if (minLength !== undefined || maxLength !== undefined) {
    const length = runeCount(value);
    if (minLength !== undefined && length < minLength) {
      fail(frame, () => `minLength: got ${count(length)}, want ${count(minLength)}`);
    }
    if (maxLength !== undefined && length > maxLength) {
      fail(frame, () => `maxLength: got ${count(length)}, want ${count(maxLength)}`);
    }
  }
  if (pattern !== undefined && !pattern.test(value)) {
    fail(frame, () => `${quoted(value)} does not match pattern ${quoted(pattern.text)}`);
  }
}

/** The bounds, and `multipleOf`. */
export function checkNumber(frame: Frame, rules: NumberRules, value: Decimal): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = rules;
  const refuse = (keyword: string, want: Decimal): void =>
    fail(frame, () => `${keyword}: got ${localized(value)}, want ${localized(want)}`);
  if (minimum !== undefined && compareDecimals(value, minimum) < 0) refuse("minimum", minimum);
  if (maximum !== undefined && compareDecimals(value, maximum) > 0) refuse("maximum", maximum);
  if (exclusiveMinimum !== undefined && compareDecimals(value, exclusiveMinimum) <= 0) {
    refuse("exclusiveMinimum", exclusiveMinimum);
  }
  if (exclusiveMaximum !== undefined && compareDecimals(value, exclusiveMaximum) >= 0) {
    refuse("exclusiveMaximum", exclusiveMaximum);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) refuse("multipleOf", multipleOf);
}
