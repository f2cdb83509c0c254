import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { registryCommand } from "../../../infra/cli/registry.ts";
import { pinChart } from "../../../functions/operations/chart-pins.ts";
import { systemClock } from "../../../infra/node/clock.ts";
import { UsageError } from "../../../infra/cli/usage.ts";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import { openSqlite } from "../../../infra/node/sqlite.ts";
import { createSqliteRecords } from "../../../infra/node/sqlite-records.ts";
import { openRegistry, sha256, utf8 } from "../../support/registry.ts";

const data = mkdtempSync(join(tmpdir(), "registry-cli-"));
afterAll(() => rmSync(data, { recursive: true }));
const config = join(data, "slipway.yaml");
writeFileSync(
  config,
  "projects: [{kind: hosted, name: charts, quota: 1Ki}]\nclusters: [{name: here, kind: embedded}]\n",
);

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
  try {
    const [verb = "", ...rest] = argv;
    return { code: await registryCommand([verb, "--data", data, "--config", config, ...rest]), output };
  } finally {
    write.mockRestore();
  }
}

describe("slipway registry, over a data folder", () => {
  const store = createFilesystemStore(join(data, "objects"));

  it("collects, says what was counted, and checks", async () => {
    await openRegistry({ store }).pushImage("charts/web", "1.0.0", "layer");
    expect((await run("collect", "--dry-run")).output).toContain("dry run: nothing was changed");
    const { code, output } = await run("collect");
    expect(code).toBe(0);
    expect(output).toMatch(/^collection 1\n/);
    expect(output).toMatch(/\n {2}manifests +1\n/);
    expect((await run("usage")).output).toMatch(/^charts\t\d+ of 1024\tcounted 20/);
    expect(await run("fsck")).toEqual({ code: 0, output: "7 objects, 0 faults\n" });
  });

  it("exits with 1 and names what is broken", async () => {
    const digest = sha256(utf8("layer")).slice(7);
    const key = `blobs/sha256/${digest.slice(0, 2)}/${digest}`;
    await store.put(key, { kind: "bytes", bytes: utf8("LAYER") });
    expect(await run("fsck")).toEqual({ code: 1, output: `wrong-bytes\t${key}\n7 objects, 1 faults\n` });
  });

  it("condemns what is older than the configured grace time", async () => {
    const own = mkdtempSync(join(data, "grace-"));
    const bytes = utf8("nobody names this");
    const hex = sha256(bytes).slice(7);
    const key = `blobs/sha256/${hex.slice(0, 2)}/${hex}`;
    await createFilesystemStore(join(own, "objects")).put(key, { kind: "bytes", bytes });
    const anHourAgo = new Date(Date.now() - 3_600_000);
    for (const file of readdirSync(own, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(hex)))
      utimesSync(join(own, file), anHourAgo, anHourAgo);
    for (const [grace, condemned] of [
      ["90m", 0],
      ["30m", 1],
    ] as const) {
      const file = join(own, "slipway.yaml");
      writeFileSync(file, `collection: {grace: ${grace}}\n`);
      const { output } = await run("collect", "--dry-run", "--data", own, "--config", file);
      expect(/blobsCondemned +(\d+)/.exec(output)?.[1]).toBe(String(condemned));
    }
  });

  it("names charts of clusters that are configured no more, and lets go of them", async () => {
    const database = openSqlite(join(data, "slipway.db"));
    const deps = { records: createSqliteRecords(database, systemClock), clock: systemClock };
    const digest = `sha256:${"1".repeat(64)}`;
    const chart = { reference: "charts/web:1.0.0", name: "web", version: "1.0.0", digest };
    for (const cluster of ["gone", "here"]) await pinChart(deps, { cluster, namespace: "default", name: "web" }, chart);
    database.close();
    const line = `\tdefault/web\t1.0.0\t${digest}\t`;
    expect((await run("pins")).output).toBe(`gone${line}cluster not configured\nhere${line}needed\n`);
    const told = "cluster gone is configured no more: 1 charts are kept for its releases";
    expect((await run("usage")).output).toContain(`${told}; \`slipway registry pins release gone\` lets them go\n`);
    expect((await run("collect", "--dry-run")).output).toMatch(/\n {2}pinsOrphaned +1\n/);
    await expect(run("pins", "release", "here")).rejects.toThrow("cluster here is configured");
    await expect(run("pins", "keep")).rejects.toThrow("`pins release CLUSTER`");
    expect((await run("pins", "release", "gone")).output).toBe("1 pins of cluster gone end in a week\n");
    expect((await run("pins")).output).toMatch(/^gone\t.*\tuntil 20[^\n]*\nhere\t.*\tneeded\n$/);
    expect((await run("usage")).output).not.toContain("gone");
  });

  it("knows no other verb", async () => {
    await expect(registryCommand(["sweep"])).rejects.toThrow("registry collect");
  });

  it.each([
    ["a flag that nobody knows", ["fsck", "--nope"], "Unknown option '--nope'"],
    ["a file that is not there", ["fsck", "--config", join(data, "none.yaml")], "ENOENT"],
  ])("refuses %s in a line", async (_what, argv, message) => {
    const refusal = registryCommand(argv);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });
});

describe("slipway registry, over a bucket", () => {
  const bucket = join(data, "bucket.yaml");
  const credentials = `{accessKeyId: a, secretAccessKey: "file:${join(data, "secret")}"}`;
  writeFileSync(join(data, "secret"), "s3-secret");
  writeFileSync(
    bucket,
    `projects: [{kind: hosted, name: charts}]\nstorage: {kind: s3, bucket: b, region: r, endpoint: "http://127.0.0.1:9", credentials: ${credentials}}\n`,
  );

  it.each(["fsck", "usage", "collect"])("asks the bucket for %s, and fails where it does not answer", async (verb) => {
    const failure = registryCommand([verb, "--data", data, "--config", bucket]);
    await expect(failure).rejects.toBeInstanceOf(UsageError);
    await expect(failure).rejects.toThrow(`registry ${verb}: S3 does not answer`);
  });
});
