// npm run oracles [-- SUITE …] [--all]: the suites that need real programs. Prints a table and ends with `N passed, N failed`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildTool } from "./build.ts";
import { startCluster } from "./cluster.ts";
import { suites, type Suite } from "./suites.ts";

const root = join(import.meta.dirname, "..", "..");
const results = join(root, ".cache", "results");
const KILL_GRACE_MS = 5000;

interface Result {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly cap: number;
  readonly note: string;
}

const isWhole = process.argv.includes("--all");
const capOf = (suite: Suite): number => (isWhole ? (suite.wholeCapSeconds ?? suite.capSeconds) : suite.capSeconds);

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly note: string;
}

async function main(): Promise<number> {
  const foreign = process.argv.slice(2).find((argument) => argument.startsWith("-") && argument !== "--all");
  if (foreign !== undefined) {
    console.error(`oracles: no option ${foreign}; npm run oracles [-- SUITE …] [--all]`);
    return 2;
  }
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `oracles: no suite named ${unknown.join(", ")}; there are ${suites.map((suite) => suite.name).join(", ")}`,
    );
    return 2;
  }
  const chosen = names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
  mkdirSync(results, { recursive: true });
  const done: Result[] = [];
  for (const suite of chosen) done.push(await runSuite(suite));
  print(done);
  const failed = sum(done.map((result) => result.failed));
  console.log(`${sum(done.map((result) => result.passed))} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Runs one suite. Whatever goes wrong around it counts as one failure: nothing is skipped. */
async function runSuite(suite: Suite): Promise<Result> {
  console.log(`\n=== ${suite.name} (cap ${capOf(suite)} s)`);
  let started = Date.now();
  let counts: Counts;
  try {
    const env = toolEnvironment(suite);
    started = Date.now();
    counts = await withCluster(suite, env);
  } catch (error) {
    counts = { passed: 0, failed: 1, note: error instanceof Error ? error.message : String(error) };
    console.error(counts.note);
  }
  return { suite: suite.name, seconds: Math.round((Date.now() - started) / 1000), cap: capOf(suite), ...counts };
}

async function withCluster(suite: Suite, env: NodeJS.ProcessEnv): Promise<Counts> {
  if (!suite.cluster) return execute(suite, env);
  const cluster = await startCluster(buildTool("cluster"), { autoscaler: suite.autoscaler === true });
  const stop = (): void => {
    cluster.stop();
    process.exit(130);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    return await execute(suite, {
      ...env,
      KUBECONFIG: cluster.kubeconfig,
      ORACLE_AUDIT_LOG: cluster.auditLog,
      ORACLE_CLUSTER: cluster.folder,
      // workerd trusts what its process was started with.
      NODE_EXTRA_CA_CERTS: cluster.certificate,
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    cluster.stop();
  }
}

/** The paths of a suite's programs: HELM, ORAS, KUBECTL … */
function toolEnvironment(suite: Suite): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, TZ: "UTC" };
  for (const key of Object.keys(env)) if (/^(HELM_|KUBECONFIG$|KUBECACHEDIR$)/.test(key)) delete env[key];
  for (const tool of suite.tools) {
    const folder = buildTool(tool);
    if (tool === "cluster") env["KUBECTL"] = join(folder, "kubectl");
    else env[tool.toUpperCase()] = join(folder, tool);
  }
  if (isWhole) env["SLIPWAY_ORACLES_ALL"] = "1";
  return env;
}

function execute(suite: Suite, env: NodeJS.ProcessEnv): Promise<Counts> {
  if (suite.run.kind === "program") return executeProgram(suite, suite.run.file, suite.run.args, env);
  return executeVitest(suite, suite.run.file, env);
}

async function executeVitest(suite: Suite, file: string, env: NodeJS.ProcessEnv): Promise<Counts> {
  const report = join(results, `${suite.name}.json`);
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = [
    "run",
    "--config",
    "test/oracles/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    file,
  ];
  const end = await spawnCapped([vitest, ...args], env, capOf(suite));
  if (!existsSync(report))
    return { passed: 0, failed: 1, note: end.timedOut ? "over its cap" : "ended without a report" };
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    numTotalTests: total,
  } = JSON.parse(readFileSync(report, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numTotalTests: number;
  };
  const missing = total - passed - failed;
  const broken = end.code !== 0 && failed === 0 ? 1 : 0;
  return { passed, failed: failed + missing + broken, note: missing > 0 ? `${missing} tests did not run` : "" };
}

async function executeProgram(
  suite: Suite,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Counts> {
  const shared = join(root, "..", "shared");
  if (args.some((argument) => argument.includes("{shared}")) && !existsSync(shared)) {
    if (process.env["CI"] === undefined)
      return { passed: 0, failed: 0, note: "the reference folder is not beside the project" };
    return { passed: 0, failed: 1, note: `${shared} is missing` };
  }
  const end = await spawnCapped(
    [file, ...args.map((argument) => argument.replace("{shared}", shared))],
    env,
    capOf(suite),
  );
  const line = /(\d+) passed, (\d+) failed\s*$/.exec(end.tail);
  if (line === null)
    return { passed: 0, failed: 1, note: end.timedOut ? "over its cap" : `no closing line (exit ${end.code})` };
  const failed = Number(line[2]);
  return { passed: Number(line[1]), failed: failed + (end.code !== 0 && failed === 0 ? 1 : 0), note: "" };
}

interface Ended {
  readonly code: number;
  readonly timedOut: boolean;
  readonly tail: string;
}

/** Runs a Node program in its own process group, its output shown and its last lines kept; kills the group at the cap. */
function spawnCapped(argv: readonly string[], env: NodeJS.ProcessEnv, capSeconds: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...argv], {
      cwd: root,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let tail = "";
    let timedOut = false;
    child.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      tail = (tail + chunk.toString()).slice(-4096);
    });
    const kill = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        // The group ended meanwhile.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill("SIGTERM");
      setTimeout(() => kill("SIGKILL"), KILL_GRACE_MS).unref();
    }, capSeconds * 1000);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, timedOut, tail });
    });
  });
}

function print(done: readonly Result[]): void {
  console.log(
    `\n${"suite".padEnd(16)}${"passed".padStart(8)}${"failed".padStart(8)}${"seconds".padStart(9)}${"cap".padStart(6)}`,
  );
  for (const result of done) {
    const figures = `${String(result.passed).padStart(8)}${String(result.failed).padStart(8)}${String(result.seconds).padStart(9)}${String(result.cap).padStart(6)}`;
    console.log(`${result.suite.padEnd(16)}${figures}${result.note === "" ? "" : `  ${result.note.split("\n")[0]}`}`);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

process.exitCode = await main();
