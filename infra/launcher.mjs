// The one door of `npm start`, `npm test` and `bin/slipway`. Plain JavaScript, because it runs on any Node from 20 on: it installs
// what package-lock.json names and is not there yet, then goes on under the Node that the project pins. A published package has no lock:
// npm installed it, and its command is built (infra/build-command.mjs).
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { serverFlags } from "./server-flags.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockFile = join(root, "package-lock.json");
const stampFile = join(root, "node_modules", ".slipway-lock");
const holdFolder = join(root, ".cache", "install.lock");
/** Where a published package has its command; a checkout runs the sources, whatever was built there. */
const built = existsSync(lockFile) ? undefined : join(root, "dist", "command");
const codeFolder = join(root, ".cache", "code");
const INSTALL_WAIT_MS = 10 * 60_000;

/**
 * Installs the locked dependencies when they are missing or older than the lock.
 * `npm ci` would refuse the lock wherever a registry lacks an optional package of another platform; versions are exact all the same.
 */
function install() {
  if (built !== undefined) return;
  const wanted = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  if (isInstalled(wanted)) return;
  hold(() => {
    if (isInstalled(wanted)) return;
    process.stderr.write("slipway: installing dependencies …\n");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const npmRun = spawnSync(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (npmRun.error !== undefined)
      fail(`npm could not be started (${npmRun.error.message}); install npm and try again`);
    if (npmRun.status !== 0) fail("npm install failed; its output is above");
    writeFileSync(stampFile, wanted);
  });
}

function isInstalled(wanted) {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted;
}

/** Runs `work` while no other launcher installs into the same folder; a hold whose process is gone is taken over. */
function hold(work) {
  const end = Date.now() + INSTALL_WAIT_MS;
  mkdirSync(dirname(holdFolder), { recursive: true });
  for (;;) {
    try {
      mkdirSync(holdFolder);
      writeFileSync(join(holdFolder, "pid"), String(process.pid));
      break;
    } catch {
      if (isAbandoned() || Date.now() > end) rmSync(holdFolder, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmSync(holdFolder, { recursive: true, force: true });
  }
}

function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(holdFolder, "pid"), "utf8")), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

function fail(reason) {
  process.stderr.write(`slipway: ${reason}\n`);
  process.exit(1);
}

/** The pinned Node, or this one when it is new enough and the package is not there (a platform it has no build for). */
function pinnedNode() {
  const manifest = nodeModule.createRequire(import.meta.url).resolve("node/package.json");
  const binary = join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  if (RUNS_COMMAND) return process.execPath;
  return fail("the pinned Node is missing; remove node_modules and try again");
}

/** Whether this Node runs the sources as they are, and what is built of them, so that the command needs no other. */
const RUNS_COMMAND = Number(process.versions.node.split(".")[0]) >= 24;

/** Runs a program file under the pinned Node with this process's streams; resolves to its exit code. */
function run(file, args, options = {}) {
  const argv = ["--disable-warning=ExperimentalWarning", ...(options.flags ?? []), file, ...args];
  const child = spawn(pinnedNode(), argv, {
    stdio: "inherit",
    cwd: options.cwd ?? process.cwd(),
    env: { NODE_COMPILE_CACHE: codeFolder, ...process.env, ...options.env },
  });
  const forward = (signal) => child.kill(signal);
  process.on("SIGTERM", forward);
  // A terminal sends Ctrl-C to the whole group, others to this process alone; staying alive until the child ends keeps its last words.
  process.on("SIGINT", (signal) => {
    if (!process.stdin.isTTY) forward(signal);
  });
  return new Promise((resolve) => {
    child.on("error", (error) => fail(`start ${file}: ${error.message}`));
    child.on("exit", (code, signal) => resolve(signal === null ? code : signal === "SIGINT" ? 130 : 143));
  });
}

const bin = (packageName, path) => join(root, "node_modules", packageName, path);

/** `npm test`: the whole suite that needs nothing but Node. */
function test(args) {
  const report = ["--reporter=default", "--reporter=json", "--outputFile.json=.cache/results/unit.json"];
  return run(bin("vitest", "vitest.mjs"), ["run", ...report, ...args], { cwd: root });
}

/** `npm run check`: format, lint, types, unused code. All run; any failure fails. */
async function check() {
  const steps = [
    ["format", bin("oxfmt", "bin/oxfmt"), ["--check", "."]],
    ["lint", bin("oxlint", "bin/oxlint"), ["--deny-warnings"]],
    ["types", bin("typescript", "bin/tsc"), ["-b"]],
    ["unused code", bin("knip", "bin/knip.js"), []],
  ];
  let failed = 0;
  for (const [name, file, args] of steps) {
    const code = await run(file, args, { cwd: root });
    if (code !== 0) failed += 1;
    process.stdout.write("check " + name + (code === 0 ? ": ok\n" : ": failed\n"));
  }
  return failed === 0 ? 0 : 1;
}

/** The commands that `bin/slipway` starts from the snapshot. */
const SNAPSHOT_COMMANDS = "template install upgrade rollback uninstall test list ls status history get".split(" ");

/**
 * The `slipway` command. `bin/slipway template` and its like only come here where no snapshot fits them: one is made for the next time.
 */
export async function launch(argv) {
  install();
  if (SNAPSHOT_COMMANDS.includes(argv[0]) && process.env.SLIPWAY_SNAPSHOT === "make")
    (await import("./snapshot.mjs")).makeSnapshot({ root, built });
  const main = built === undefined ? join(root, "infra", "cli", "main.ts") : join(built, "main.js");
  if (argv[0] === "serve") return serve(main, argv);
  if (!RUNS_COMMAND) return run(main, argv);
  nodeModule.enableCompileCache(codeFolder);
  await import(pathToFileURL(main));
  return process.exitCode;
}

/** Runs the server under its flags, in the place of this process where the platform can do that: as a parent it would only hold memory. */
function serve(main, argv) {
  const flags = serverFlags(process.env.NODE_OPTIONS);
  if (!RUNS_COMMAND || process.platform === "win32" || process.execve === undefined) return run(main, argv, { flags });
  const node = pinnedNode();
  return process.execve(node, [node, "--disable-warning=ExperimentalWarning", ...flags, main, ...argv], {
    NODE_COMPILE_CACHE: codeFolder,
    ...process.env,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  install();
  if (command === "test") process.exitCode = await test(args);
  else if (command === "check") process.exitCode = await check();
  else if (command === "run") process.exitCode = await run(join(root, args[0]), args.slice(1));
  else fail(`unknown command ${command}`);
}
