import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackage } from "./install.ts";

const PACK_MS = 300_000;
const KIB = 1024;
const root = join(import.meta.dirname, "..", "..");
const examples = readdirSync(join(root, "engine", "examples"));
let project = "";

beforeAll(async () => {
  project = await installPackage();
}, PACK_MS);

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The examples of the README: code, and what it prints. */
function documented(): readonly { readonly code: string; readonly output: string }[] {
  const text = readFileSync(join(project, "node_modules", "slipway", "engine", "README.md"), "utf8");
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];
  return blocks.map(([, code = "", output = ""]) => ({ code, output }));
}

test.each(examples)("the README shows the example %s, and it prints what the README says", (name) => {
  const code = readFileSync(join(root, "engine", "examples", name), "utf8");
  writeFileSync(join(project, name), code);
  const run = spawnSync(process.execPath, [name], { cwd: project, encoding: "utf8" });
  expect(run.stderr.replace(/^.*ExperimentalWarning[\s\S]*$/m, "")).toBe("");
  expect(documented()).toContainEqual({ code, output: run.stdout });
});

test("the README shows no example that is not run", () => {
  expect(documented()).toHaveLength(examples.length);
});

test("the examples compile against the types of the package, which need no others", () => {
  const options = {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "dom", "dom.asynciterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const run = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
  expect(run.stdout).toBe("");
  expect(run.status).toBe(0);
});

interface Bundle {
  readonly text: string;
  readonly gzip: number;
}

const { buildSync } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("esbuild") as {
  readonly buildSync: (options: object) => { readonly outputFiles: readonly { readonly text: string }[] };
};

/** What a page loads that uses these functions. */
function bundle(names: string): Bundle {
  const stdin = { contents: `export ${names} from "slipway/engine";`, resolveDir: project };
  const options = { stdin, bundle: true, write: false, minify: true, format: "esm", platform: "browser" };
  const text = buildSync(options).outputFiles[0]?.text ?? "";
  return { text, gzip: gzipSync(text, { level: 9 }).length };
}

/** A text that stands in what lint alone needs, and one of what package alone needs. */
const LINT = "icon is recommended";
const PACKAGE = "aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=";

test("load, values and render are at most 300 KiB for a page, without lint and package", () => {
  const { text, gzip } = bundle("{ loadChart, mergeValues, renderChart, templateOutput }");
  expect([text.includes(LINT), text.includes(PACKAGE)]).toEqual([false, false]);
  expect(gzip).toBeLessThanOrEqual(300 * KIB);
});

test("values alone are at most 32 KiB for a page", () => {
  expect(bundle("{ mergeValues, encodeValues }").gzip).toBeLessThanOrEqual(32 * KIB);
});

test("the whole library is at most 320 KiB for a page", () => {
  const { text, gzip } = bundle("*");
  expect([text.includes(LINT), text.includes(PACKAGE)]).toEqual([true, true]);
  expect(gzip).toBeLessThanOrEqual(320 * KIB);
});

describe("the command", () => {
  const chart = join(root, "infra", "node", "sample-chart");

  /** The program and the environment of a shell in the project, with the Node that runs this. */
  function command(): readonly [program: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }] {
    const { SLIPWAY_SNAPSHOT: _, ...env } = process.env;
    const PATH = `${dirname(process.execPath)}:${env["PATH"]}`;
    return [join(project, "node_modules", ".bin", "slipway"), { cwd: project, env: { ...env, PATH } }];
  }

  function run(...argv: readonly string[]): { readonly status: number | null; readonly stdout: string } {
    const [program, options] = command();
    const { status, stdout, stderr } = spawnSync(program, argv, { ...options, encoding: "utf8" });
    expect(stderr).toBe("");
    return { status, stdout };
  }

  test("it tells the version of the package", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
    expect(run("version")).toEqual({ status: 0, stdout: `slipway ${version}\n` });
  });

  test("the snapshot's script is ASCII: one character of another kind, and V8 keeps and reads twice as much", () => {
    const script = readFileSync(join(project, "node_modules", "slipway", "dist", "command", "template.cjs"));
    expect(script.findIndex((byte) => byte > 0x7f)).toBe(-1);
  });

  test("template prints what the sources print, and goes on from a snapshot afterwards", () => {
    const main = join(root, "infra", "cli", "main.ts");
    const argv = ["template", "web", chart] as const;
    const { stdout } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...argv], {
      encoding: "utf8",
    });
    expect(stdout).toContain("kind: Deployment");
    expect(run(...argv)).toEqual({ status: 0, stdout });
    const snapshot = (): number => statSync(join(project, "node_modules", "node", "template.blob")).mtimeMs;
    const made = snapshot();
    expect(run(...argv)).toEqual({ status: 0, stdout });
    const help = run("template", "--help");
    expect(help).toEqual({ status: 0, stdout: expect.stringMatching(/^Usage:\n {2}slipway template /) });
    expect(snapshot()).toBe(made);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("serve installs its sample, answers, and stops at %s", async (signal) => {
    const [program, options] = command();
    const server = spawn(program, ["serve", "--port", "0"], { ...options, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => server.once("exit", (code, killedBy) => resolve(code ?? killedBy)));
    try {
      const url = /listens on (\S+)/.exec(await readUntil(server, "a first deploy of your own"))?.[1] ?? "";
      const health = await fetch(`${url}/healthz`);
      expect([health.status, await health.text()]).toEqual([200, expect.any(String)]);
      expect(await (await fetch(`${url}/v1/charts`)).text()).toContain('"hello"');
    } finally {
      server.kill(signal);
    }
    expect(await ended).toBe(0);
  });
});

/** What a program printed by the time that it printed `words`, or ended. */
function readUntil({ stdout }: ChildProcess, words: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(words)) resolve(text);
    });
    stdout?.once("end", () => resolve(text));
  });
}
