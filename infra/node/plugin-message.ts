import type { GuestCall, GuestRequest, GuestResponse, GuestResult } from "../guest/call.ts";

/** What the worker thread is told. */
export type ToPluginWorker =
  | { readonly kind: "call"; readonly module: WebAssembly.Module; readonly call: GuestCall; readonly http: boolean }
  | { readonly kind: "response"; readonly response: GuestResponse };

/** What it tells. */
export type FromPluginWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "request"; readonly request: GuestRequest }
  | { readonly kind: "result"; readonly result: GuestResult }
  /** A defect of ours, as text. */
  | { readonly kind: "defect"; readonly message: string };
