import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openRegistry, type TestRegistry } from "../../support/registry.ts";
import { serveRegistry, type TestServer } from "../../support/registry-server.ts";
import { runTool } from "../../support/run-tool.ts";

const work = mkdtempSync(join(tmpdir(), "slipway-digests-"));
let registry: TestRegistry;
let server: TestServer;
let chart = "";
let count = 0;
beforeAll(async () => {
  registry = openRegistry();
  server = await serveRegistry(registry);
});
afterAll(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

const push = async (name: string, values: string): Promise<unknown> =>
  await registry.pushChart("charts", { name, version: "1.0.0", values });

beforeEach(async () => {
  chart = join(work, String(count++), "chart");
  mkdirSync(join(chart, "../local"), { recursive: true });
  mkdirSync(chart);
  for (const name of ["web", "db"]) await push(name, "a: 1\n");
  const dependencies = [
    { name: "web", version: "1.0.0", repository: `oci://${server.host}/charts` },
    { name: "db", version: "1.0.0", repository: `${server.origin}/helm/charts` },
    { name: "local", version: "1.0.0", repository: "file://../local" },
  ];
  writeFileSync(
    join(chart, "Chart.yaml"),
    JSON.stringify({ apiVersion: "v2", name: "chart", version: "1.0.0", dependencies }),
  );
  writeFileSync(join(chart, "../local/Chart.yaml"), "apiVersion: v2\nname: local\nversion: 1.0.0\n");
  const config = join(chart, "../home/.config/helm");
  mkdirSync(config, { recursive: true });
  writeFileSync(
    join(config, "repositories.yaml"),
    `repositories: [{name: own, url: '${server.origin}/helm/charts'}]\n`,
  );
});

const run = async (...argv: readonly string[]) =>
  await runTool(["dependency", ...argv, ".", "--plain-http"], {
    cwd: chart,
    env: { HOME: join(chart, "../home") },
  });
const read = (name: string): string => readFileSync(join(chart, name), "utf8");
const digestOf = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(join(chart, "charts", name)))
    .digest("hex");
const DIGESTS = "Chart.lock.sha256";

it("what update fetched is written down as sha256sum writes it, when asked for, and Chart.lock is helm's", async () => {
  expect((await run("update")).code).toBe(0);
  expect(existsSync(join(chart, DIGESTS))).toBe(false);
  const lock = read("Chart.lock");
  expect((await run("update", "--digests")).code).toBe(0);
  const [db, web] = ["db-1.0.0.tgz", "web-1.0.0.tgz"];
  expect(read(DIGESTS)).toBe(`${digestOf(db)}  charts/${db}\n${digestOf(web)}  charts/${web}\n`);
  expect(read("Chart.lock")).toBe(lock);
  expect((await run("build")).code).toBe(0);
});

it.each(["web", "db"])(
  "build refuses a version of %s that was published again, and keeps what is there",
  async (name) => {
    await run("update", "--digests");
    const before = digestOf(`${name}-1.0.0.tgz`);
    await push(name, "a: 2\n");
    const { code, stderr } = await run("build");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `^Error: charts/${name}-1\\.0\\.0\\.tgz is not what Chart\\.lock\\.sha256 says: it has the digest [0-9a-f]{64}, not ${before}\\. ` +
            `If that is right, update the dependencies with 'slipway dependency update'\n$`,
        ),
      ),
    ]);
    expect(digestOf(`${name}-1.0.0.tgz`)).toBe(before);
  },
);

it("update goes on writing digests once there are some, and tells what changed under its version", async () => {
  await run("update", "--digests");
  await push("web", "a: 3\n");
  const { code, stderr } = await run("update");
  expect(code).toBe(0);
  expect(stderr).toContain("charts/web-1.0.0.tgz has changed under its version");
  expect(stderr).not.toContain("charts/db-1.0.0.tgz has changed");
  expect(read(DIGESTS)).toContain(digestOf("web-1.0.0.tgz"));
  expect((await run("build")).code).toBe(0);
});

it.each([
  [
    "does not name what the lock does",
    (): string => read(DIGESTS).replace(/^.*web.*\n/m, ""),
    "charts/web-1.0.0.tgz is not in Chart.lock.sha256. Please update the dependencies with 'slipway dependency update'",
  ],
  [
    "is none",
    (): string => "hello\n",
    "Chart.lock.sha256: line 1 is no sha256sum of a file in charts/. Please update the dependencies with 'slipway dependency update --digests'",
  ],
  [
    "names a file elsewhere",
    (): string => `${"a".repeat(64)}  charts/../web-1.0.0.tgz\n`,
    "Chart.lock.sha256: line 1 is no sha256sum of a file in charts/. Please update the dependencies with 'slipway dependency update --digests'",
  ],
])("build refuses a file of digests that %s", async (_name, text, message) => {
  await run("update", "--digests");
  writeFileSync(join(chart, DIGESTS), text());
  const { code, stderr } = await run("build");
  expect([code, stderr]).toEqual([1, `Error: ${message}\n`]);
  expect((await run("update", "--digests")).code).toBe(0);
  expect((await run("build")).code).toBe(0);
});

it("a link is not written through", async () => {
  writeFileSync(join(chart, "../elsewhere"), "x\n");
  symlinkSync("../elsewhere", join(chart, DIGESTS));
  const { code, stderr } = await run("update", "--digests");
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/\nError: the Chart\.lock\.sha256 file is a symlink to "\.\.\/elsewhere"\n$/),
  ]);
  expect(read("../elsewhere")).toBe("x\n");
});
