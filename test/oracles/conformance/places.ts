import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { parseConfig } from "../../../functions/config/parse.ts";
import { startNodeServer } from "../../../infra/node/serve.ts";
import { required } from "../../support/helm.ts";
import { freePort, startServer as startProgram } from "../../support/program.ts";
import { startServer } from "../../support/slipway-server.ts";
import { PROJECT, TOKEN } from "./project.ts";

/** A registry that the program is let loose on. */
export interface Place {
  /** `host:port`. */
  readonly host: string;
  /** What went wrong on our side: defects in the log. */
  readonly defects: () => string;
  readonly close: () => Promise<void>;
}

const root = join(import.meta.dirname, "..", "..", "..");
const S3 = { user: "slipway", secret: "slipway-secret", bucket: "content" };

/** `storage` of a configuration; undefined keeps content in the data folder. */
type Storage = object | undefined;

function configText(storage: Storage): string {
  return JSON.stringify({
    ...(storage === undefined ? {} : { storage }),
    projects: [{ kind: "hosted", name: PROJECT, sparseImages: true }],
    tokens: [
      {
        name: "conformance",
        token: "env:CONFORMANCE_TOKEN",
        grants: [{ allow: ["charts:read", "charts:write", "charts:delete"], projects: [PROJECT] }],
      },
    ],
  });
}

/** A Node server in this process, in the mode that asks for no login. */
export async function openNode(storage?: Storage): Promise<Place> {
  process.env["CONFORMANCE_TOKEN"] = TOKEN;
  const data = mkdtempSync(join(tmpdir(), "slipway-conformance-"));
  const lines: string[] = [];
  const server = await startNodeServer({
    config: parseConfig(configText(storage)),
    embedded: true,
    data,
    host: "127.0.0.1",
    port: 0,
    version: "conformance",
    log: { write: (level, message, fields) => level === "error" && lines.push(JSON.stringify({ message, ...fields })) },
  });
  return {
    host: new URL(server.url).host,
    defects: () => lines.join("\n"),
    close: async () => {
      await server.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** `slipway serve` in a process of its own, with tokens. */
export async function openNodeWithTokens(storage?: Storage): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-conformance-"));
  const file = join(folder, "slipway.yaml");
  writeFileSync(file, configText(storage));
  const env = { CONFORMANCE_TOKEN: TOKEN, S3_SECRET: S3.secret, SLIPWAY_LOG: "error" };
  const server = await startServer({ args: ["--config", file], env });
  const close = async (): Promise<void> => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  const defects = (): string =>
    server
      .output()
      .split("\n")
      .filter((line) => line.includes('"error"'))
      .join("\n");
  return { host: server.host, defects, close };
}

/** A real S3 server, and the `storage` that reaches a bucket in it. */
export async function openS3(): Promise<{ readonly storage: Storage; readonly close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-conformance-s3-"));
  const port = await freePort();
  mkdirSync(join(folder, S3.bucket));
  const server = await startProgram(required("VERSITYGW"), ["--port", `127.0.0.1:${port}`, "posix", folder], {
    port,
    env: { ROOT_ACCESS_KEY: S3.user, ROOT_SECRET_KEY: S3.secret },
  });
  process.env["S3_SECRET"] = S3.secret;
  const credentials = { accessKeyId: S3.user, secretAccessKey: "env:S3_SECRET" };
  return {
    storage: { kind: "s3", bucket: S3.bucket, region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials },
    close: () => {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The registry over R2 in workerd, without login. */
export async function openWorker(): Promise<Place> {
  const config = {
    name: "registry",
    main: join(import.meta.dirname, "open-worker.ts"),
    compatibility_date: "2026-08-15",
    r2_buckets: [{ binding: "CONTENT", bucket_name: "content" }],
  };
  return await listen(() => ({ config }));
}

/** The product's Worker in workerd, with tokens. */
export async function openWorkerWithTokens(): Promise<Place> {
  const key = Buffer.alloc(32, 7).toString("base64");
  const vars = { SLIPWAY_CONFIG: configText(undefined), SLIPWAY_KEY: key, CONFORMANCE_TOKEN: TOKEN };
  return await listen((folder) => {
    const toml = readFileSync(join(root, "wrangler.toml"), "utf8").replaceAll('"./', `"${root}/`);
    const configPath = join(folder, "wrangler.toml");
    writeFileSync(configPath, toml.replace('main = "', `main = "${root}/`));
    return { configPath, vars };
  });
}

type Worker = NonNullable<Parameters<typeof createTestHarness>[0]>["workers"][number];

async function listen(worker: (folder: string) => Worker): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-conformance-worker-"));
  Object.assign(process.env, {
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_LOG_PATH: folder,
  });
  const harness = createTestHarness({ workers: [worker(folder)] });
  const { url } = await harness.listen();
  const defects = (): string =>
    harness
      .getLogs()
      .filter(({ level }) => level === "error")
      .map(({ message }) => message)
      .join("\n");
  const close = async (): Promise<void> => {
    await harness.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { host: url.host, defects, close };
}
