import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { matchesPattern } from "../../../functions/access/grant.ts";
import { once, parseIdempotencyKey } from "../../../functions/http/idempotency.ts";
import { equalInConstantTime, fromBase64, toBase64, toBase64Url } from "../../../functions/http/digest.ts";
import { outcomeProblem, problemOf } from "../../../functions/http/engine-problem.ts";
import { isShallow } from "../../../functions/http/json.ts";
import { readPrefer } from "../../../functions/http/prefer.ts";
import { ProblemError, problemResponse } from "../../../functions/http/problem.ts";
import { isProblemCode, PROBLEMS } from "../../../functions/http/problem-table.ts";
import { createSecretBox } from "../../../functions/http/secret-box.ts";
import { parseDuration } from "../../../functions/http/duration.ts";
import { createMemoryRecords } from "../../../infra/memory/memory-records.ts";

const bytes = (length: number) => new Uint8Array(length).fill(9);

describe("a problem", () => {
  it.each(Object.keys(PROBLEMS))("of code %s has its status, title and media type", async (code) => {
    if (!isProblemCode(code)) throw new Error(code);
    const response = problemResponse(new ProblemError(code, "why", { operation: "op" }), "/here");
    expect(response.status).toBe(PROBLEMS[code].status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: `urn:slipway:problem:${code}`,
      title: PROBLEMS[code].title,
      status: PROBLEMS[code].status,
      detail: "why",
      code,
      retryable: PROBLEMS[code].retryable,
      instance: "/here",
      operation: "op",
    });
  });

  it("is what a refusal of another floor becomes, and nothing is told of a defect", () => {
    class KubeError extends EngineError {
      readonly code: string = "apply-conflict";
    }
    const conflicts = [{ field: ".spec" }];
    expect(problemOf(new KubeError("m", { conflicts, x: 1 }))).toMatchObject({
      code: "field-conflict",
      options: { conflicts },
      detail: { x: 1 },
    });
    expect(problemOf(new Error("bug"))).toBeUndefined();
  });

  it.each([
    ["conflict", "field-conflict"],
    ["not-owned", "ownership-conflict"],
    ["name-in-use", "release-exists"],
    ["pending-other", "release-busy"],
    ["wait-failed", "timeout"],
    ["hook-failed", "operation-failed"],
    ["toString", "operation-failed"],
    ["interrupted", "interrupted"],
  ])("of an outcome %s is %s", (code, problem) => {
    expect(outcomeProblem({ code, message: "m", detail: {} }, "op").code).toBe(problem);
  });
});

describe("an Idempotency-Key", () => {
  const setUp = async () => {
    const time = { now: 0 };
    const clock = { now: () => time.now, sleep: async () => {} };
    let random = 0;
    const randomBytes = (length: number) => new Uint8Array(length).fill(++random);
    const deps = {
      records: createMemoryRecords(clock),
      box: await createSecretBox(bytes(32), { randomBytes }),
      clock,
      randomBytes,
    };
    const request = { key: "k", principal: "p", method: "POST", path: "/x", body: bytes(3) };
    return { time, deps, request };
  };

  it("is taken bare or quoted, and refused when empty or odd", () => {
    expect(parseIdempotencyKey(' "a b" ')).toBe("a b");
    expect(parseIdempotencyKey("a")).toBe("a");
    for (const bad of ["", '""', "ä", "x".repeat(256)])
      expect(() => parseIdempotencyKey(bad)).toThrow(/Idempotency-Key/);
  });

  it("in use is 409, by another caller another key", async () => {
    const { deps, request } = await setUp();
    let finish: (response: Response) => void = () => {};
    const first = once(deps, request, () => new Promise((resolve) => (finish = resolve)));
    await expect.poll(() => deps.records.list("idempotency/").then((page) => page.items.length)).toBe(1);
    await expect(once(deps, request, async () => Response.json(2))).rejects.toMatchObject({
      code: "idempotency-in-progress",
    });
    expect((await once(deps, { ...request, principal: "q" }, async () => Response.json(3))).status).toBe(200);
    finish(Response.json(1, { status: 202 }));
    expect((await first).status).toBe(202);
  });

  it("of a request that died goes on with the same nonce", async () => {
    const { deps, request, time } = await setUp();
    const nonces: string[] = [];
    void once(deps, request, (nonce) => {
      nonces.push(nonce);
      return new Promise(() => {});
    });
    await expect.poll(() => nonces.length).toBe(1);
    time.now = 121_000;
    await once(deps, request, async (nonce) => (nonces.push(nonce), Response.json(1)));
    expect(nonces[1]).toBe(nonces[0]);
  });

  it.each([409, 429, 500, 503])("forgets an answer of status %i, so that a retry runs", async (status) => {
    const { deps, request } = await setUp();
    await once(deps, request, async () => Response.json(1, { status }));
    expect(await (await once(deps, request, async () => Response.json(2))).json()).toBe(2);
  });

  it("forgets a request that threw, and everything after a day", async () => {
    const { deps, request, time } = await setUp();
    await expect(once(deps, request, () => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    await once(deps, request, async () => Response.json(1));
    time.now = 24 * 3_600_000;
    expect(await (await once(deps, request, async () => Response.json(2))).json()).toBe(2);
  });

  it("keeps its answer sealed", async () => {
    const { deps, request } = await setUp();
    await once(deps, request, async () => Response.json({ token: "canary" }));
    expect(JSON.stringify(await deps.records.list(""))).not.toContain("canary");
  });
});

describe("a secret box", () => {
  it("opens under its owner and key only, and not when it was changed", async () => {
    const box = await createSecretBox(bytes(32), {
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    });
    const other = await createSecretBox(new Uint8Array(32), { randomBytes: (length) => new Uint8Array(length) });
    const sealed = await box.seal(bytes(5), "me");
    expect(await box.open(sealed, "me")).toEqual(bytes(5));
    expect(await box.open(sealed, "you")).toBeUndefined();
    expect(await other.open(sealed, "me")).toBeUndefined();
    expect(await box.open(`${sealed.slice(0, -2)}AA`, "me")).toBeUndefined();
    expect(await box.open("", "me")).toBeUndefined();
    expect(await box.seal(bytes(5), "me")).not.toBe(sealed);
    const raw = await box.sealBytes(bytes(5), "me");
    expect(raw.length).toBe(5 + 12 + 16);
    expect(await box.openBytes(raw, "me")).toEqual(bytes(5));
    expect(await box.openBytes(raw, "you")).toBeUndefined();
    expect(await box.openBytes(raw.slice(1), "me")).toBeUndefined();
    await expect(createSecretBox(bytes(31), { randomBytes: bytes })).rejects.toThrow(/31 bytes/);
  });
});

describe("small pieces", () => {
  it.each([
    ["5m", 300_000],
    ["1h30m0s", 5_400_000],
    ["1.5s", 1_500],
    ["100ms", 100],
    ["0", 0],
    ["", undefined],
    ["5", undefined],
    ["-5m", undefined],
    ["5m ", undefined],
    ["99999999h", undefined],
  ])("the duration %j is %j ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    [{}, 0, ""],
    [{ prefer: "respond-async" }, 0, "respond-async"],
    [{ prefer: "respond-async, wait=20" }, 20_000, "respond-async, wait=20"],
    [{ prefer: "wait=9999" }, 60_000, "wait=60"],
    [{ prefer: "wait=-1" }, 0, ""],
  ])("the preference %j waits %i ms", (headers: Record<string, string>, wait, applied) => {
    expect(readPrefer(new Headers(headers))).toEqual({ wait, applied });
  });

  it.each([
    ["*", "anything", true],
    ["a*c", "abc", true],
    ["a*c", "ac", true],
    ["a*c", "abd", false],
    ["a*b*c", "a-b-b-c", true],
    ["aa*aa", "aaa", false],
    ["abc", "abcd", false],
    ["", "", true],
  ])("the pattern %j on %j is %j", (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  it("a pattern agrees with the regular expression that it stands for", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 }), (pattern, value) => {
        expect(matchesPattern(pattern, value)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(value));
      }),
    );
  });

  it("base64 comes back as it was", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => {
        expect(toBase64(data)).toBe(Buffer.from(data).toString("base64"));
        expect(fromBase64(toBase64(data))).toEqual(new Uint8Array(data));
        expect(fromBase64(toBase64Url(data))).toEqual(new Uint8Array(data));
        expect(toBase64Url(data)).toBe(Buffer.from(data).toString("base64url"));
      }),
    );
    expect(fromBase64("é")).toBeUndefined();
  });

  it("depth is measured without recursion", () => {
    const deep = JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`);
    expect(isShallow(deep, 199)).toBe(true);
    expect(isShallow(deep, 198)).toBe(false);
    expect(isShallow("x", 0)).toBe(true);
  });

  it("equality needs the same text", () => {
    expect(equalInConstantTime("ab", "ab")).toBe(true);
    expect(equalInConstantTime("ab", "ac")).toBe(false);
    expect(equalInConstantTime("ab", "abc")).toBe(false);
  });
});
