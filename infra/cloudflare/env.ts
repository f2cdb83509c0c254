import type { FetchesStub } from "./fetches-object.ts";
import type { RecordsStub } from "./records-object.ts";
import type { R2Bucket } from "./r2-bucket.ts";
import type { ReleaseStub } from "./release-object.ts";
import type { DurableObjectNamespace } from "./runtime.ts";
import type { WorkerLoader } from "./worker-loader.ts";

/** The Worker's bindings, as wrangler.toml names them. Secrets of the configuration (`env:NAME`) are further members. */
export interface Env {
  readonly CONTENT: R2Bucket;
  readonly RELEASES: DurableObjectNamespace<ReleaseStub>;
  readonly FETCHES: DurableObjectNamespace<FetchesStub>;
  readonly RECORDS: DurableObjectNamespace<RecordsStub>;
  /** Runs stored plugins; without it only those run that were bundled at deploy time. */
  readonly LOADER?: WorkerLoader;
  /** The text of `slipway.yaml`. */
  readonly SLIPWAY_CONFIG: string;
  /** 32 bytes in base64: seals what is stored. */
  readonly SLIPWAY_KEY: string;
}

/** A variable or secret by name; undefined when there is none. */
export function variable(env: Env, name: string): string | undefined {
  const value: unknown = Reflect.get(env, name);
  return typeof value === "string" ? value : undefined;
}
