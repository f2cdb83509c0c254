import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3Store } from "../../infra/s3/s3-store.ts";
import { describeCollection } from "../contracts/collection.ts";
import { describeObjectStore } from "../contracts/object-store.ts";
import { freePort, startServer } from "../support/program.ts";
import { openRegistry, sha256 } from "../support/registry.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-s3-"));
const credentials = { accessKeyId: "slipway", secretAccessKey: "slipway-secret" };
let server: ChildProcess;
let endpoint: string;

beforeAll(async () => {
  const port = await freePort();
  mkdirSync(join(root, "content"));
  endpoint = `http://127.0.0.1:${port}`;
  server = await startServer(process.env["VERSITYGW"] ?? "versitygw", ["--port", `127.0.0.1:${port}`, "posix", root], {
    port,
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  });
});
afterAll(() => {
  server.kill();
  rmSync(root, { recursive: true, force: true });
});

const open = (prefix = "slipway/") =>
  createS3Store({ bucket: "content", region: "us-east-1", endpoint, credentials, prefix });

describeObjectStore("s3", { open: async () => open(), partSize: 5 * 1024 * 1024, manyKeys: 8 });

describeCollection("S3", async () => open("collection/"));

describe("a registry over S3", () => {
  it("takes large blobs whole and in chunks", async () => {
    const registry = openRegistry({ store: open("registry/") });
    const bytes = new Uint8Array(20 * 1024 * 1024).map((_, i) => (i * 31) & 255);
    const digest = sha256(bytes);
    const whole = await registry.ask("POST", `/v2/charts/a/blobs/uploads/?digest=${digest}`, {
      body: bytes,
      headers: { "content-length": String(bytes.length) },
    });
    expect(whole.status).toBe(201);
    const location = (await registry.ask("POST", "/v2/charts/b/blobs/uploads/")).headers.get("location") ?? "";
    for (let at = 0; at < bytes.length; at += 7_000_000) {
      const chunk = bytes.slice(at, at + 7_000_000);
      const range = `${at}-${at + chunk.length - 1}`;
      const patched = await registry.ask("PATCH", location, { body: chunk, headers: { "content-range": range } });
      expect(patched.status).toBe(202);
    }
    expect((await registry.ask("PUT", `${location}?digest=${digest}`)).status).toBe(201);
    for (const name of ["a", "b"]) {
      const blob = await registry.ask("GET", `/v2/charts/${name}/blobs/${digest}`);
      expect(sha256(new Uint8Array(await blob.arrayBuffer()))).toBe(digest);
    }
    const left = (await registry.store.list("uploads/")).items.map(({ key }) => key);
    expect(left).toEqual([`uploads/states/${location.split("/").at(-1)}`]);
  });

  it("refuses what it cannot reach as unavailable", async () => {
    const gone = createS3Store({ bucket: "none", region: "us-east-1", endpoint, credentials });
    await expect(gone.put("a", { kind: "bytes", bytes: new Uint8Array(1) })).rejects.toMatchObject({
      code: "unavailable",
    });
    const nowhere = createS3Store({
      bucket: "none",
      region: "us-east-1",
      endpoint: `http://127.0.0.1:${await freePort()}`,
      credentials,
    });
    await expect(nowhere.head("a")).rejects.toMatchObject({ code: "unavailable" });
  });
});
