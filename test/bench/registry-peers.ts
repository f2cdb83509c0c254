import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildTool } from "../oracles/build.ts";
import { freePort, startServer } from "../support/program.ts";
import { startServer as startSlipway } from "../support/slipway-server.ts";

/** A registry in a process of its own. */
export interface RegistryPeer {
  readonly name: string;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Slipway as `npm start` runs it, with its data in `folder`. */
export async function startOurs(folder: string, args: readonly string[] = ["--no-sample"]): Promise<RegistryPeer> {
  const server = await startSlipway({ data: folder, args });
  return {
    name: "slipway",
    address: server.host,
    pid: server.process.pid ?? 0,
    stop: async () => await server.stop(),
  };
}

/** Our registry in workerd, over the R2 that comes with it. The process is wrangler's, workerd its child. */
export async function startWorkerd(): Promise<RegistryPeer> {
  const program = join(import.meta.dirname, "registry-workerd.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let address = "";
  for await (const line of createInterface({ input: child.stdout })) {
    address = /^listening (.+)$/.exec(line)?.[1] ?? "";
    if (address !== "") break;
  }
  if (address === "") throw new Error("workerd did not start");
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin.end();
    await ended;
  };
  return { name: "slipway-workerd", address, pid: child.pid ?? 0, stop };
}

/** olareg over a folder, with deletes as ours has them. */
export async function startOlareg(folder: string): Promise<RegistryPeer> {
  const port = await freePort();
  const program = join(buildTool("olareg"), "olareg");
  const args = [
    "serve",
    "--dir",
    folder,
    "--addr",
    "127.0.0.1",
    "--port",
    String(port),
    "--api-delete",
    "--api-blob-delete",
  ];
  return peerOf("olareg", port, await startServer(program, [...args, "-v", "error"], { port }));
}

/** Distribution over a folder, with its descriptors cached in memory and quiet logs. */
export async function startDistribution(folder: string): Promise<RegistryPeer> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(folder, "data") },
      delete: { enabled: true },
      cache: { blobdescriptor: "inmemory" },
    },
    http: { addr: `127.0.0.1:${port}`, secret: "of the bench" },
  };
  const file = join(folder, "config.yml");
  writeFileSync(file, JSON.stringify(config));
  const program = join(buildTool("distribution"), "registry");
  const env = { OTEL_TRACES_EXPORTER: "none" };
  return peerOf("distribution", port, await startServer(program, ["serve", file], { port, env }));
}

function peerOf(name: string, port: number, child: ChildProcess): RegistryPeer {
  return {
    name,
    address: `127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    },
  };
}
