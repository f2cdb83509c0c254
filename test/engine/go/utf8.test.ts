import { array, assert, integer, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { byteLength, firstRunes, fromUtf8, normalizeUtf8, runeCount, toUtf8 } from "../../../engine/go/utf8.ts";

describe("utf8", () => {
  it("gives every byte sequence back unchanged", () => {
    assert(
      property(uint8Array({ maxLength: 64 }), (bytes) => {
        const text = fromUtf8(bytes);
        expect(Buffer.compare(toUtf8(text), bytes)).toBe(0);
        expect(byteLength(text)).toBe(bytes.length);
      }),
    );
  });

  it("agrees with the platform's encoder on valid text", () => {
    assert(
      property(array(integer({ min: 0, max: 0x10ffff })), (codes) => {
        const text = String.fromCodePoint(...codes.filter((code) => code < 0xd800 || code > 0xdfff));
        expect(Buffer.compare(toUtf8(text), new TextEncoder().encode(text))).toBe(0);
        expect(fromUtf8(toUtf8(text))).toBe(text);
        expect(runeCount(text)).toBe(Array.from(text).length);
      }),
    );
  });

  it("stands for an invalid byte by a lone surrogate, byte by byte", () => {
    expect(fromUtf8(Uint8Array.of(0x61, 0xff, 0xed, 0xa0, 0x80))).toBe("a\udcff\udced\udca0\udc80");
    expect(fromUtf8(Uint8Array.of(0xc0, 0x80, 0xf4, 0x90, 0x80, 0x80))).toBe("\udcc0\udc80\udcf4\udc90\udc80\udc80");
    expect(fromUtf8(Uint8Array.of(0xe2, 0x82))).toBe("\udce2\udc82");
  });

  it("keeps a byte order mark", () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });

  it("joins stray bytes that make a rune together", () => {
    expect(normalizeUtf8("\udcc3\udca9")).toBe("é");
  });

  it("cuts by runes, not by units", () => {
    expect(firstRunes("a😀b", 2)).toBe("a😀");
    expect(firstRunes("ab", 5)).toBe("ab");
  });
});
