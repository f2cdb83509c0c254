import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isDirectory, readTarGz } from "../../../engine/archive/index.ts";

const PACK_MS = 300_000;
const KIB = 1024;
const root = join(import.meta.dirname, "..", "..", "..");
const project = mkdtempSync(join(tmpdir(), "slipway-package-"));
const installed = join(project, "node_modules", "slipway");

/** `npm pack`, and what `npm install` of the archive leaves: the package, with the packages that it depends on beside it. */
beforeAll(async () => {
  const packed = spawnSync("npm", ["pack", "--json", "--pack-destination", project], { cwd: root, encoding: "utf8" });
  expect(packed.status, packed.stderr).toBe(0);
  const archive = readdirSync(project).find((name) => name.endsWith(".tgz")) ?? "";
  await unpack(join(project, archive));
  const { dependencies } = manifest();
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(project, "node_modules", name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  }
  for (const name of examples) {
    writeFileSync(join(project, name), readFileSync(join(root, "engine", "examples", name)));
  }
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
}, PACK_MS);

afterAll(() => rmSync(project, { recursive: true, force: true }));

const examples = readdirSync(join(root, "engine", "examples"));

async function unpack(archive: string): Promise<void> {
  for await (const { name, data } of readTarGz(readFileSync(archive), (header) => !isDirectory(header))) {
    const target = join(project, "node_modules", name.replace(/^package\//, "slipway/"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, data);
  }
}

function manifest(): { readonly dependencies: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as ReturnType<typeof manifest>;
}

/** The examples of the README: code, and what it prints. */
function documented(): readonly { readonly code: string; readonly output: string }[] {
  const text = readFileSync(join(installed, "engine", "README.md"), "utf8");
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];
  return blocks.map(([, code = "", output = ""]) => ({ code, output }));
}

test.each(examples)("the README shows the example %s, and it prints what the README says", (name) => {
  const code = readFileSync(join(root, "engine", "examples", name), "utf8");
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
