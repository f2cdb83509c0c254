import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { freePort, startServer } from "../support/slipway-server.ts";
import type { SmokeTarget } from "./smoke.ts";

const TOKEN = "smoke-administrator-token";
const root = join(import.meta.dirname, "..", "..");

function configText(publicUrl?: string): string {
  return JSON.stringify({
    ...(publicUrl === undefined ? {} : { publicUrl }),
    projects: [{ kind: "hosted", name: "charts" }],
    clusters: [{ name: "default", kind: "kubeconfig", kubeconfig: "env:SMOKE_KUBECONFIG" }],
    tokens: [{ name: "smoke", token: "env:SMOKE_TOKEN", grants: [{ allow: ["*"], clusterScoped: ["*"] }] }],
  });
}

/** The Node server in a process of its own, with a configuration file, on the cluster of a kubeconfig's text. */
export async function openNodeTarget(kubeconfig: string): Promise<SmokeTarget> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-smoke-"));
  const file = join(folder, "slipway.yaml");
  writeFileSync(file, configText());
  const server = await startServer({
    args: ["--config", file],
    env: { SMOKE_TOKEN: TOKEN, SMOKE_KUBECONFIG: kubeconfig },
  });
  const close = async (): Promise<void> => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: server.url, fetch, token: TOKEN, close };
}

/** The project's own configuration, with the binding for stored plugins that an account must have. */
function withLoader(toml: string): string {
  const there = toml.replaceAll('"./', `"${root}/`).replace('main = "', `main = "${root}/`);
  return `${there}\n[[worker_loaders]]\nbinding = "LOADER"\n`;
}

/** A Worker in the real workerd. `url` is where it listens. */
export interface RunningWorker {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly close: () => Promise<void>;
}

/** Our Worker in the real workerd, by wrangler's harness, with these variables. */
export async function openWorker(variables: Readonly<Record<string, string>>): Promise<RunningWorker> {
  const logs = mkdtempSync(join(tmpdir(), "slipway-worker-"));
  const quiet = {
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_LOG_PATH: logs,
  };
  Object.assign(process.env, quiet);
  const vars = { SLIPWAY_KEY: Buffer.alloc(32, 7).toString("base64"), ...variables };
  const configPath = join(logs, "wrangler.toml");
  writeFileSync(configPath, withLoader(readFileSync(join(root, "wrangler.toml"), "utf8")));
  const harness = createTestHarness({ workers: [{ configPath, vars }] });
  const { url } = await harness.listen();
  const send = ((input: string, init?: RequestInit) => harness.fetch(input, init as never)) as unknown as typeof fetch;
  const close = async (): Promise<void> => {
    await harness.close();
    rmSync(logs, { recursive: true, force: true });
  };
  return { url: url.toString().replace(/\/$/, ""), fetch: send, close };
}

/** The Worker in the real workerd on the cluster of a kubeconfig's text. */
export async function openWorkerTarget(kubeconfig: string): Promise<SmokeTarget> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const worker = await openWorker({
    SLIPWAY_CONFIG: configText(url),
    SMOKE_TOKEN: TOKEN,
    SMOKE_KUBECONFIG: kubeconfig,
  });
  return { ...worker, url, token: TOKEN };
}
