import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverFlags } from "../../infra/server-flags.mjs";

const root = new URL("../..", import.meta.url).pathname;
const START_LIMIT_MS = 60_000;

/** A Slipway server in a process of its own, on loopback. */
export interface SlipwayServer {
  readonly url: string;
  readonly host: string;
  readonly data: string;
  readonly output: () => string;
  readonly process: ChildProcess;
  /** Ends the process; with `SIGKILL` it gets no time to tidy up. The data folder stays. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** `stop`, and the data folder goes too. */
  readonly dispose: () => Promise<void>;
}

/** What a server is started with. `program`: what is run instead of `slipway serve`, with the same flags. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly data?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly program?: string;
}

/** Starts `slipway serve` and waits until it answers. Throws with its output when it does not. */
export async function startServer(options: StartOptions = {}): Promise<SlipwayServer> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), "slipway-data-"));
  const port = await freePort();
  const program = options.program === undefined ? [join(root, "infra", "cli", "main.ts"), "serve"] : [options.program];
  const flags = serverFlags(options.env?.["NODE_OPTIONS"] ?? process.env["NODE_OPTIONS"]);
  const argv = ["--disable-warning=ExperimentalWarning", ...flags, ...program];
  const child = spawn(process.execPath, [...argv, "--port", String(port), "--data", data, ...(options.args ?? [])], {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const host = `127.0.0.1:${port}`;
  await answering(`http://${host}/readyz`, child, () => output);
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  };
  const dispose = async (): Promise<void> => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  };
  return { url: `http://${host}`, host, data, output: () => output, process: child, stop, dispose };
}

async function answering(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`slipway serve ended with ${child.exitCode}:\n${output()}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(`slipway serve did not answer at ${url}:\n${output()}`);
}

/** A port on loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
