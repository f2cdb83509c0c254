import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeRelease, encodeRelease, MAX_RECORD_BYTES } from "../../../engine/release/codec.ts";
import { parseReleaseText, releaseText } from "../../../engine/release/document.ts";
import { GoInt, goMap } from "../../../engine/go/value.ts";

/** Records that helm 4.3.1 wrote, as they stand in `data.release` (one base64 taken off). */
function recorded(name: string): string {
  return readFileSync(new URL(`records/${name}.txt`, import.meta.url), "utf8").trim();
}

describe("a record that helm wrote", () => {
  for (const name of ["created", "hooked"]) {
    test(`of the chart ${name} comes back byte for byte`, async () => {
      const text = gunzipSync(Buffer.from(recorded(name), "base64")).toString();
      const release = await decodeRelease(recorded(name));
      expect(releaseText(release)).toBe(text);
      expect(releaseText(await decodeRelease(await encodeRelease(release)))).toBe(text);
    });
  }

  test("is read with its status, values, hooks and times", async () => {
    const release = await decodeRelease(recorded("hooked"));
    expect(release).toMatchObject({
      name: "hk",
      version: 1,
      applyMethod: "ssa",
      info: { status: "deployed", lastDeployed: "2026-11-21T09:30:11.673938001Z" },
    });
    expect(release.hooks[0]).toMatchObject({
      weight: -5,
      events: ["pre-install", "pre-upgrade"],
      lastRun: { phase: "Succeeded" },
    });
    expect(new TextDecoder().decode(release.chart.schema?.data)).toBe('{"type":"object"}');
  });

  test("is packed as Go packs it: gzip behind base64", async () => {
    const packed = await encodeRelease(await decodeRelease(recorded("hooked")));
    expect([...Buffer.from(packed, "base64").subarray(0, 3)]).toEqual([0x1f, 0x8b, 8]);
  });
});

describe("a record of Helm 3", () => {
  const text = JSON.stringify({
    name: "old",
    info: {
      first_deployed: "2020-01-01T00:00:00Z",
      last_deployed: "2020-01-01T00:00:00Z",
      deleted: "",
      status: "deployed",
    },
    chart: { metadata: { name: "c", version: "1.0.0" }, values: null, templates: [], files: [] },
    hooks: [
      {
        name: "h",
        kind: "Job",
        last_run: { started_at: "", completed_at: "", phase: "" },
        events: ["pre-install", "crd-install"],
      },
    ],
    version: 3,
    namespace: "default",
  });

  test("has no apply method, and empty times are absent", () => {
    const release = parseReleaseText(text);
    expect(release.applyMethod).toBe("");
    expect("deleted" in release.info).toBe(false);
    expect(release.hooks[0]).toMatchObject({ events: ["pre-install"], lastRun: { phase: "" } });
  });

  test("is read when it was never compressed", async () => {
    expect((await decodeRelease(btoa(text))).version).toBe(3);
  });
});

describe("a record that cannot be", () => {
  test.each([
    ["no base64", "***"],
    ["no gzip behind the magic bytes", btoa("\u001f\u008b\u0008\u0000\u0000")],
    ["no JSON", btoa("hello")],
    ["a JSON list", btoa("[]")],
  ])("%s is refused as invalid", async (_, text) => {
    await expect(decodeRelease(text)).rejects.toMatchObject({ code: "invalid" });
  });

  test("stored is refused with its size before anything is sent", async () => {
    const release = await decodeRelease(recorded("hooked"));
    const noise = randomBytes(MAX_RECORD_BYTES).toString("base64");
    await expect(encodeRelease({ ...release, manifest: noise })).rejects.toMatchObject({
      code: "too-large",
      detail: { limit: MAX_RECORD_BYTES },
    });
  });

  test("unpacked without end is refused", async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, 32)).toString("base64");
    await expect(decodeRelease(bomb)).rejects.toMatchObject({ code: "too-large" });
  });
});

test("integers of values stay integers, whatever their size", async () => {
  const release = await decodeRelease(recorded("created"));
  const config = goMap([
    ["b", new GoInt("int64", 9007199254740993n)],
    ["a", 1e21],
    ["c", 1e-7],
  ]);
  expect(releaseText({ ...release, config })).toContain('"config":{"a":1e+21,"b":9007199254740993,"c":1e-7}');
});
