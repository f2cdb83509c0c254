// What Slipway uses of the Workers runtime, and nothing else: the whole of its types would shadow the Web's.
declare module "cloudflare:workers" {
  import type { DurableObjectState } from "./runtime.ts";
  /** The base of a Durable Object: its methods are callable through a stub. */
  export abstract class DurableObject<Env> {
    protected readonly ctx: DurableObjectState;
    protected readonly env: Env;
    constructor(ctx: DurableObjectState, env: Env);
  }
  /** An entry whose methods other isolates call. */
  export abstract class WorkerEntrypoint {
    protected readonly env: object;
  }
  /** Keeps the invocation alive until `work` settles. */
  export function waitUntil(work: Promise<unknown>): void;
}

/** A module that is bundled, or given to a Worker Loader. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** A stream of a length that is told beforehand. */
declare class FixedLengthStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  constructor(size: number);
}
