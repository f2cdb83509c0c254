import { EXTISM_ENV, WASI } from "../../engine/plugin/imports.ts";
import type { GuestCall, GuestHttp, GuestResult } from "./call.ts";
import { GuestExit, GuestFault } from "./fault.ts";
import { type HttpFunctions, httpFunctions } from "./http-functions.ts";
import { openDirectMessage } from "./direct-message.ts";
import { createKernel, type Kernel, PAGE } from "./kernel.ts";
import { pureSource, systemSource } from "./world-source.ts";
import { createEmptyWorld, type EmptyWorld } from "./wasi.ts";

/** JavaScript's promises for a guest that waits: in V8 since 13.6, in no declarations yet. */
interface Suspension {
  readonly suspending: (work: HttpFunctions["http_request"]) => WebAssembly.ImportValue;
  readonly promising: (work: unknown) => () => Promise<unknown>;
}

/** The guest's memory counts as full from here on: nine tenths of what it may have. */
const FULL = 0.9;

/**
 * Runs one call in a new instance: Extism's host functions, WASI without a world, the guest's start-up, its entry function. Whatever the
 * guest does becomes a result; only a defect of our own is thrown. Who must end a guest by the clock does it from another thread.
 */
export async function runGuest(module: WebAssembly.Module, call: GuestCall, http?: GuestHttp): Promise<GuestResult> {
  const world = createEmptyWorld(call.pure ? pureSource() : systemSource());
  let memory: WebAssembly.Memory | undefined;
  try {
    const kernel = createKernel(call);
    const { instance, waits } = await instantiate(module, call, { kernel, world, http });
    const { exports } = instance;
    memory = exports["memory"] instanceof WebAssembly.Memory ? exports["memory"] : undefined;
    if (memory !== undefined) world.attach(memory);
    for (const name of ["hs_init", "_initialize", "__wasm_call_ctors"]) {
      const init = exports[name];
      if (typeof init !== "function") continue;
      init();
      break;
    }
    const entry = exports[call.entry];
    if (typeof entry !== "function") return failed("wrong-abi", `unknown function: ${call.entry}`);
    const direct = memory === undefined ? undefined : openDirectMessage(exports, memory, call);
    const enter = waits ? suspension().promising(entry) : entry;
    const code = await ended(() => enter());
    return conclude(kernel, { code, answer: direct?.answer ?? kernel.output, complaint: world.complaint });
  } catch (error) {
    return failureOf(error, { world, memory, pages: call.limits.pages });
  }
}

interface Surroundings {
  readonly kernel: Kernel;
  readonly world: EmptyWorld;
  readonly http: GuestHttp | undefined;
}

/** `waits`: the guest may wait for an answer, so its entry is called as a promise. */
async function instantiate(
  module: WebAssembly.Module,
  call: GuestCall,
  { kernel, world, http }: Surroundings,
): Promise<{ readonly instance: WebAssembly.Instance; readonly waits: boolean }> {
  const waits = WebAssembly.Module.imports(module).some((one) => one.name === "http_request");
  const env: WebAssembly.ModuleImports = { ...kernel.functions };
  if (waits && http !== undefined) {
    const { http_request, ...rest } = httpFunctions(kernel, call.limits, http);
    Object.assign(env, rest, { http_request: suspension().suspending(http_request) });
  }
  const imports = { [EXTISM_ENV]: env, [WASI]: { ...world.functions } };
  return { instance: await WebAssembly.instantiate(module, imports), waits };
}

function suspension(): Suspension {
  const Suspending: unknown = Reflect.get(WebAssembly, "Suspending");
  const promising: unknown = Reflect.get(WebAssembly, "promising");
  if (typeof Suspending === "function" && typeof promising === "function") {
    return {
      suspending: (work) => Reflect.construct(Suspending, [work]),
      promising: (work) => promising(work),
    };
  }
  throw new GuestFault("missing-capability", "this runtime cannot let a guest wait for an answer (JSPI)");
}

/** The code that an entry function gives; one that ends itself gives its own. */
async function ended(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GuestExit && error.exitCode === 0) return 0;
    throw error;
  }
}

interface Ended {
  readonly code: unknown;
  readonly answer: () => Uint8Array;
  readonly complaint: () => string;
}

/** Helm compatibility: an error text counts before the code, and also behind a code of 0. */
function conclude(kernel: Kernel, { code, answer, complaint }: Ended): GuestResult {
  const guest = kernel.error();
  if (guest !== undefined) return failed("guest-error", `plugin error: ${guest}`, { guest });
  if (code !== undefined && Number(code) !== 0) {
    const exitCode = Number(code);
    const said = complaint();
    return failed("exit-code", `it returned the code ${exitCode}`, {
      exitCode,
      ...(said === "" ? {} : { guest: said }),
    });
  }
  try {
    const output = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(answer());
    return { kind: "reply", output, logs: kernel.logs() };
  } catch (error) {
    if (error instanceof GuestFault) return failed(error.code, error.message);
    if (!(error instanceof TypeError)) throw error;
    return failed("malformed-output", "its output is no UTF-8");
  }
}

interface Ending {
  readonly world: EmptyWorld;
  readonly memory: WebAssembly.Memory | undefined;
  readonly pages: number;
}

function failureOf(error: unknown, { world, memory, pages }: Ending): GuestResult {
  if (error instanceof GuestFault) return failed(error.code, error.message);
  const complaint = world.complaint();
  const said = complaint === "" ? {} : { guest: complaint };
  const held = (memory?.buffer.byteLength ?? 0) / PAGE;
  if (held >= pages * FULL || /out of memory|cannot allocate memory/i.test(complaint)) {
    return failed("out-of-memory", `it ended with ${held} of ${pages} pages of memory`, said);
  }
  if (error instanceof GuestExit) {
    return failed("exit-code", error.message, { exitCode: error.exitCode, ...said });
  }
  // A value of the wrong type between guest and host: an import is declared otherwise than Extism has it.
  const misfit = error instanceof WebAssembly.LinkError || error instanceof TypeError;
  if (misfit) return failed("wrong-abi", error.message);
  const trapped = error instanceof WebAssembly.RuntimeError || error instanceof RangeError || isEarlySuspension(error);
  if (trapped) return failed("trap", `trap: ${error.message}`, said);
  throw error;
}

/** It waits for an answer outside of its entry, in its start-up say. */
function isEarlySuspension(error: unknown): error is Error {
  return error instanceof Error && error.name === "SuspendError";
}

function failed(
  code: Extract<GuestResult, { kind: "failed" }>["code"],
  problem: string,
  more: { readonly guest?: string; readonly exitCode?: number } = {},
): GuestResult {
  return { kind: "failed", code, problem, ...more };
}
