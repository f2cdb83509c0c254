import { spawn } from "node:child_process";
import { existsSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listenCluster, type ListeningCluster } from "../../../infra/local-cluster/listen.ts";
import { copyCheckout } from "../../support/checkout.ts";
import { openReadyCluster } from "../../support/local-cluster.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let checkout = "";
let cluster: ListeningCluster;
let made: Ended;

/** The command as a shell starts it; `node` is the Node that runs this. */
function run(...argv: readonly string[]): Promise<Ended> {
  const { SLIPWAY_SNAPSHOT: _, ...env } = process.env;
  const path = `${dirname(process.execPath)}:${env["PATH"]}`;
  const child = spawn(join(checkout, "bin", "slipway"), argv, {
    cwd: checkout,
    env: { ...env, PATH: path, KUBECONFIG: join(checkout, "kubeconfig") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const blob = (): string => join(checkout, "node_modules", "node", "template.blob");
const launcher = (): string => join(checkout, "infra", "launcher.mjs");
const aside = (): string => `${launcher()}.aside`;
/** Its templates print the same each time. */
const CHART = join("infra", "node", "sample-chart");

/** Runs `work` while there is no other way than the snapshot: whatever steps aside from it, or is refused, fails. */
async function withoutSources<Result>(work: () => Promise<Result>): Promise<Result> {
  renameSync(launcher(), aside());
  try {
    return await work();
  } finally {
    renameSync(aside(), launcher());
  }
}

beforeAll(async () => {
  checkout = copyCheckout();
  cluster = await listenCluster(openReadyCluster().transport);
  writeFileSync(join(checkout, "kubeconfig"), cluster.kubeconfig);
  made = await run("template", "web", CHART);
});

afterAll(async () => {
  await cluster.close();
  rmSync(checkout, { recursive: true, force: true });
});

test("the first run prints what the sources print, and makes a snapshot", () => {
  expect(made).toEqual({ code: 0, stdout: expect.stringContaining("kind: Deployment"), stderr: "" });
  expect(existsSync(blob())).toBe(true);
});

test("without a snapshot and without the launcher nothing runs", async () => {
  renameSync(blob(), `${blob()}.aside`);
  const { code } = await withoutSources(() => run("template", "web", CHART));
  renameSync(`${blob()}.aside`, blob());
  expect(code).not.toBe(0);
});

test("template prints the same from the snapshot", async () => {
  expect(await withoutSources(() => run("template", "web", CHART))).toEqual(made);
});

const LIFE: readonly { readonly argv: readonly string[]; readonly prints: string }[] = [
  { argv: ["install", "web", CHART], prints: "STATUS: deployed" },
  { argv: ["status", "web"], prints: "REVISION: 1" },
  { argv: ["list"], prints: "web" },
  { argv: ["ls", "-q"], prints: "web" },
  { argv: ["upgrade", "web", CHART, "--set", "replicas=3"], prints: "REVISION: 2" },
  { argv: ["history", "web"], prints: "superseded" },
  { argv: ["get", "values", "web"], prints: "replicas: 3" },
  { argv: ["rollback", "web", "1"], prints: "Rollback was a success" },
  { argv: ["test", "web"], prints: "REVISION: 3" },
  { argv: ["uninstall", "web"], prints: 'release "web" uninstalled' },
];

test("a release's life goes from the snapshot", async () => {
  await withoutSources(async () => {
    for (const { argv, prints } of LIFE) {
      const ended = await run(...argv);
      expect(ended, argv.join(" ")).toEqual({ code: 0, stdout: expect.stringContaining(prints), stderr: "" });
    }
  });
});

test("a source that changed makes the snapshot step aside, and a new one", async () => {
  const old = statSync(blob()).mtimeMs;
  utimesSync(join(checkout, "infra", "cli", "template.ts"), 1, 1);
  expect((await withoutSources(() => run("template", "web", CHART))).code).not.toBe(0);
  expect(await run("template", "web", CHART)).toEqual(made);
  expect(statSync(blob()).mtimeMs).toBeGreaterThan(old);
  expect(await withoutSources(() => run("template", "web", CHART))).toEqual(made);
});
