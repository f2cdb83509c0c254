import type { GuestCall, GuestHttp, GuestResult } from "../guest/call.ts";

/** The parts of a Worker Loader binding that are used here. */
export interface WorkerLoader {
  /** The isolate of an id, made by `code` where there is none. */
  readonly get: (
    id: string,
    code: () => Promise<LoadedCode>,
  ) => {
    readonly getEntrypoint: (name: "Guest") => GuestStub;
  };
}

/** The entry of infra/cloudflare/guest-entry.ts, called from another isolate. */
export interface GuestStub {
  readonly run: (call: GuestCall, http: GuestHttp | null) => Promise<GuestResult>;
}

/** What an isolate is made of. */
export interface LoadedCode {
  readonly compatibilityDate: string;
  readonly mainModule: string;
  readonly modules: Readonly<Record<string, string | { readonly wasm: ArrayBuffer }>>;
  /** No network. */
  readonly globalOutbound: null;
  readonly env: Readonly<Record<string, never>>;
  readonly limits: { readonly cpuMs: number };
}
