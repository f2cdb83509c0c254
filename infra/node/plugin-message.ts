import type { PluginLog } from "../../engine/plugin/index.ts";
import type { GuestCall, GuestRequest, GuestResponse, GuestResult } from "../guest/call.ts";

/** What the worker thread is told. */
export type ToPluginWorker =
  | { readonly kind: "call"; readonly module: WebAssembly.Module; readonly call: GuestCall; readonly http: boolean }
  | { readonly kind: "response"; readonly response: GuestResponse };

/** Bytes that the thread holds after a call, garbage among them. */
export interface Held {
  readonly heap: number;
  /** Of buffers and of guests' memories. */
  readonly external: number;
}

/** What it tells. */
export type FromPluginWorker =
  | { readonly kind: "ready"; readonly held: Held }
  | { readonly kind: "request"; readonly request: GuestRequest }
  /** While the guest runs, for when it does not come to its result; the result has all lines. */
  | { readonly kind: "log"; readonly line: PluginLog }
  | { readonly kind: "result"; readonly result: GuestResult; readonly held: Held }
  /** A defect of ours, as text. */
  | { readonly kind: "defect"; readonly message: string };
