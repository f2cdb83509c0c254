import { WorkerEntrypoint } from "cloudflare:workers";
import module from "./plugin.wasm";
import type { GuestCall, GuestHttp, GuestResult } from "../guest/call.ts";
import { runGuest } from "../guest/run-guest.ts";

/** The isolate of one stored plugin: infra/build-guest.mjs makes one text of it, which the Worker Loader is given with the module. */
export class Guest extends WorkerEntrypoint {
  /** One call. `http` is the Worker's own way out: the isolate has none. */
  run(call: GuestCall, http: GuestHttp | null): Promise<GuestResult> {
    return runGuest(module, call, http ?? undefined);
  }
}
