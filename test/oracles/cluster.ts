import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const PORTS = 4;

/** A running control plane: API server, etcd, controller manager, scheduler and simulated nodes, all on loopback. */
export interface OracleCluster {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  /** The API server's certificate, PEM: its own authority. */
  readonly certificate: string;
  readonly stop: () => void;
}

/** Starts a fresh control plane from the programs in `binaries`, with the autoscaler's controller where it is asked for. Throws with the logs' last lines when it does not come up. */
export async function startCluster(
  binaries: string,
  options: { readonly autoscaler?: boolean } = {},
): Promise<OracleCluster> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-cluster-"));
  const port = await freePorts();
  const env = {
    ...process.env,
    ORACLE_BIN: binaries,
    ORACLE_QUIET: "1",
    ORACLE_AUTOSCALER: options.autoscaler === true ? "1" : "",
  };
  const up = spawnSync("bash", [join(here, "cluster", "up.sh"), folder, String(port)], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (up.status !== 0) throw new Error(`the oracle cluster did not start:\n${up.stderr}`);
  const stop = (): void => {
    spawnSync("bash", [join(here, "cluster", "down.sh"), folder], { stdio: "ignore" });
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    folder,
    kubeconfig: join(folder, "kubeconfig"),
    auditLog: join(folder, "audit.log"),
    certificate: join(folder, "pki", "apiserver.crt"),
    stop,
  };
}

/** The first of {@link PORTS} neighbouring ports that nobody listens on. */
async function freePorts(): Promise<number> {
  for (let port = 24_000; port < 30_000; port += PORTS) {
    const free = await Promise.all(Array.from({ length: PORTS }, (_, i) => isFree(port + i)));
    if (free.every(Boolean)) return port;
  }
  throw new Error("no free ports on loopback between 24000 and 30000");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
