import { assert, property, string, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase32, encodeBase32 } from "../../../engine/go/base32.ts";
import { decodeBase64, encodeBase64 } from "../../../engine/go/base64.ts";
import {
  bigEndian,
  fromBigEndian,
  integer,
  objectId,
  readAll,
  readDer,
  readInteger,
  sequence,
} from "../../../engine/go/der.ts";
import { parseAddress } from "../../../engine/go/ip-address.ts";
import { basePath, cleanPath, directoryPath, extension } from "../../../engine/go/path.ts";
import { decodePem, encodePem } from "../../../engine/go/pem.ts";
import { formatUrl, parseUrl } from "../../../engine/go/url.ts";
import { toUtf8 } from "../../../engine/go/utf8.ts";
import { GoFailure } from "../../../engine/go/value.ts";

describe("base64 and base32", () => {
  it("give back the bytes that they wrote", () => {
    assert(
      property(uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...decodeBase64(toUtf8(encodeBase64(bytes)))]).toEqual([...bytes]);
        expect([...decodeBase32(toUtf8(encodeBase32(bytes)))]).toEqual([...bytes]);
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      }),
    );
  });

  it("end on any text with bytes or with Go's error", () => {
    assert(
      property(string(), (text) => {
        for (const decode of [decodeBase64, decodeBase32]) {
          try {
            expect(decode(toUtf8(text)).length).toBeLessThanOrEqual(text.length * 3);
          } catch (error) {
            expect(error).toBeInstanceOf(GoFailure);
          }
        }
      }),
    );
  });
});

describe("path", () => {
  it.each([
    ["a/b/../../../c", "../c", "c", "..", ""],
    ["", ".", ".", ".", ""],
    ["//", "/", "/", "/", ""],
    ["a/.b/", "a/.b", ".b", "a/.b", ""],
    ["x.tar.gz", "x.tar.gz", "x.tar.gz", ".", ".gz"],
  ])("takes %j apart as Go does", (path, clean, base, directory, ext) => {
    expect([cleanPath(path), basePath(path), directoryPath(path), extension(path)]).toEqual([
      clean,
      base,
      directory,
      ext,
    ]);
  });
});

describe("url", () => {
  it.each([
    ["http://[::1", "parse \"http://[::1\": missing ']' in host"],
    ["http://a b/", 'parse "http://a b/": invalid character " " in host name'],
    ["http://h:port/", 'parse "http://h:port/": invalid port ":port" after host'],
    [":x", 'parse ":x": missing protocol scheme'],
    ["http://h/%zz", 'parse "http://h/%zz": invalid URL escape "%zz"'],
    ["1:2", 'parse "1:2": first path segment in URL cannot contain colon'],
    ["http://[1.2.3.4]/", 'parse "http://[1.2.3.4]/": invalid IP-literal'],
  ])("refuses %j as Go does", (text, wanted) => {
    expect(() => parseUrl(text)).toThrow(new GoFailure(wanted));
  });

  it("escapes what it puts together", () => {
    const url = { scheme: "http", opaque: "", host: "h", query: "a=b", fragment: "é b" };
    expect(formatUrl({ ...url, user: { name: "u", password: "p:q" }, path: "/p q" })).toBe(
      "http://u:p%3Aq@h/p%20q?a=b#%C3%A9%20b",
    );
  });

  it("ends on any text with a URL or with Go's error", () => {
    assert(
      property(string(), (text) => {
        for (const candidate of [text, `http://${text}`, `http://[${text}]/`]) {
          try {
            formatUrl(parseUrl(candidate));
          } catch (error) {
            expect(error).toBeInstanceOf(GoFailure);
          }
        }
      }),
    );
  });
});

describe("addresses", () => {
  it("reads both families", () => {
    expect(parseAddress("1.2.3.4").bytes).toEqual([1, 2, 3, 4]);
    expect(parseAddress("1::2%eth0")).toEqual({ bytes: [0, 1, ...Array<number>(12).fill(0), 0, 2], zone: "eth0" });
    expect(parseAddress("::ffff:1.2.3.4").bytes.slice(10)).toEqual([255, 255, 1, 2, 3, 4]);
  });

  it.each([
    ["1.2.3", 'ParseAddr("1.2.3"): IPv4 address too short'],
    ["01.2.3.4", 'ParseAddr("01.2.3.4"): IPv4 field has octet with leading zero'],
    ["1::2::3", 'ParseAddr("1::2::3"): multiple :: in address (at ":3")'],
    ["x", 'ParseAddr("x"): unable to parse IP'],
  ])("refuses %j as Go does", (text, wanted) => {
    expect(() => parseAddress(text)).toThrow(new GoFailure(wanted));
  });
});

describe("der and pem", () => {
  it("writes numbers and identifiers in their shortest form", () => {
    expect(toHexOf(integer(0n))).toBe("020100");
    expect(toHexOf(integer(255n))).toBe("020200ff");
    expect(toHexOf(objectId("1.2.840.113549"))).toBe("06062a864886f70d");
    expect(toHexOf(sequence(new Uint8Array(200))).slice(0, 6)).toBe("3081c8");
  });

  it("reads back what it wrote", () => {
    assert(
      property(uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const value = fromBigEndian(bytes);
        const [number] = readAll(readDer(sequence(integer(value))).content);
        expect(readInteger(number)).toBe(value);
        expect(fromBigEndian(bigEndian(value))).toBe(value);
        const block = { type: "X Y", bytes };
        expect(decodePem(`noise\n${encodePem(block)}more`)).toEqual({ type: "X Y", bytes: Uint8Array.from(bytes) });
      }),
    );
  });

  it("finds no block in noise", () => {
    expect(decodePem("-----BEGIN X-----\n!!\n-----END X-----\n")).toBeUndefined();
    expect(decodePem("-----BEGIN X-----\nAAAA\n")).toBeUndefined();
  });
});

function toHexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
