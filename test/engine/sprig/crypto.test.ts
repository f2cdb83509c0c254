import { createHash } from "node:crypto";
import { compareSync } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { call, callIn, failureOf, fixedContext } from "./calling.ts";

describe("crypto", () => {
  it("hashes as the platform does", () => {
    for (const name of ["sha1", "sha256", "sha512"]) {
      expect(call(`${name}sum`, "é")).toBe(createHash(name).update("é").digest("hex"));
    }
    expect(call("adler32sum", "Wikipedia")).toBe("300286872");
  });

  it("makes bcrypt hashes that verify, with a salt of the render's stream", () => {
    const hash = call("bcrypt", "secret");
    expect(hash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(compareSync("secret", String(hash))).toBe(true);
    expect(call("bcrypt", "secret")).toBe(hash);
    expect(call("bcrypt", "x".repeat(73))).toContain("exceeds 72 bytes");
    expect(call("htpasswd", "a:b", "x")).toBe("invalid username: a:b");
  });

  it("derives the passwords of Master Password", () => {
    expect(call("derivePassword", 1, "long", "password", "user", "example.com")).toBe("ZedaFaxcZaso9*");
    expect(call("derivePassword", 1, "x", "p", "u", "s")).toBe("cannot find password template x");
  });

  it("opens what it sealed, and fails on what it did not", () => {
    const context = fixedContext();
    const sealed = callIn(context, "encryptAES", "k", "secret é");
    expect(call("decryptAES", "k", sealed)).toBe("secret é");
    expect(call("encryptAES", "k", "")).toBe("");
    expect(failureOf("decryptAES", "k", "!")).toBe("illegal base64 data at input byte 0");
    expect(failureOf("decryptAES", "k", "YQ==")).toBe("runtime error: slice bounds out of range [:16] with capacity 3");
  });

  it("draws characters with equal chances from the stream alone", () => {
    expect(call("randAlphaNum", 12)).toBe(call("randAlphaNum", 12));
    expect(call("randNumeric", 50)).toMatch(/^[0-9]{50}$/);
    expect(call("uuidv4")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
