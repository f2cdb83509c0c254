import { describe, expect, it } from "vitest";
import { escapeHtml, escapeJs, escapeQuery } from "../../../engine/go/escape.ts";
import { formatFloat } from "../../../engine/go/float.ts";
import type { FloatVerb } from "../../../engine/go/float.ts";
import { canBackquote, quote, quoteToAscii, unquote } from "../../../engine/go/quote.ts";
import { numberError, parseFloat64, parseInt64, parseUint64 } from "../../../engine/go/strconv.ts";
import { floatOfBits, fromHex, recorded, toHex } from "./recorded.ts";

describe("strconv", () => {
  it("formats floats as Go does, in every verb and precision", () => {
    const rows = recorded("go-floats") as readonly (readonly [string, FloatVerb, number, string])[];
    expect(rows.length).toBeGreaterThan(200);
    for (const [bits, verb, precision, wanted] of rows) {
      expect(formatFloat(floatOfBits(bits), verb, precision), `${bits} %${verb} ${precision}`).toBe(wanted);
    }
  });

  it("reads numbers as Go does, with its errors", () => {
    const names = { int: "ParseInt", uint: "ParseUint", float: "ParseFloat" };
    const rows = recorded("go-strconv") as readonly (readonly [
      "int" | "uint" | "float",
      string,
      number,
      string,
      string,
    ])[];
    for (const [kind, text, base, value, error] of rows) {
      const parsed =
        kind === "float" ? parseFloat64(text) : kind === "int" ? parseInt64(text, base) : parseUint64(text, base);
      const shown = typeof parsed.value === "number" ? formatFloat(parsed.value, "g", -1) : String(parsed.value);
      const message = parsed.failure === undefined ? "" : numberError(names[kind], text, parsed.failure);
      expect([shown, message], `${kind} ${JSON.stringify(text)} base ${base}`).toEqual([value, error]);
    }
  });

  it("quotes, unquotes and escapes bytes as Go does", () => {
    const functions: Readonly<Record<string, (text: string) => string>> = {
      quote: (text) => toHex(quote(text)),
      ascii: (text) => toHex(quoteToAscii(text)),
      html: (text) => toHex(escapeHtml(text)),
      js: (text) => toHex(escapeJs(text)),
      query: (text) => toHex(escapeQuery(text)),
      backquote: (text) => String(canBackquote(text)),
      unquote: (text) => {
        const value = unquote(text);
        return value === undefined ? "error" : toHex(value);
      },
    };
    const rows = recorded("go-quote") as readonly (readonly [string, string, string])[];
    for (const [name, argument, wanted] of rows) {
      expect(functions[name]?.(fromHex(argument)), `${name} ${argument}`).toBe(wanted);
    }
  });
});
