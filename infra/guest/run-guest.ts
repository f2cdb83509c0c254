import { EXTISM_ENV, WASI } from "../../engine/plugin/imports.ts";
import type { PluginLog } from "../../engine/plugin/index.ts";
import type { GuestCall, GuestEnd, GuestHttp, GuestResult } from "./call.ts";
import { GuestExit, GuestFault } from "./fault.ts";
import { createRequests, type HttpFunctions, type Requests } from "./http-functions.ts";
import { openDirectMessage } from "./direct-message.ts";
import { createKernel, type Kernel, PAGE } from "./kernel.ts";
import { createLogs, type Logs } from "./logs.ts";
import { pureSource, systemSource } from "./world-source.ts";
import { createEmptyWorld, type EmptyWorld } from "./wasi.ts";

type Callable = (...args: readonly unknown[]) => unknown;

/** JavaScript's promises for a guest that waits: in V8 since 13.6, in no declarations yet. */
interface Suspension {
  readonly suspending: (work: HttpFunctions["http_request"]) => WebAssembly.ImportValue;
  readonly promising: (work: Callable) => () => Promise<unknown>;
}

/** The guest's memory counts as full from here on: nine tenths of what it may have. */
const FULL = 0.9;

/**
 * Runs one call in a new instance: Extism's host functions, WASI without a world, the guest's start-up, its entry function. Whatever the
 * guest does becomes a result, and so does whatever is thrown while it runs; only what `http` throws is thrown. Who must end a guest by the
 * clock does it from another thread, and has what was logged until then from `told`.
 */
export async function runGuest(
  module: WebAssembly.Module,
  call: GuestCall,
  http?: GuestHttp,
  told?: (line: PluginLog) => void,
): Promise<GuestResult> {
  const logs = createLogs(call.limits.logBytes, told);
  return { ...(await runCall(module, call, http, logs)), logs: logs.lines() };
}

async function runCall(
  module: WebAssembly.Module,
  call: GuestCall,
  http: GuestHttp | undefined,
  logs: Logs,
): Promise<GuestEnd> {
  const world = createEmptyWorld(call.pure ? pureSource() : systemSource());
  let memory: WebAssembly.Memory | undefined;
  let requests: Requests | undefined;
  try {
    const kernel = createKernel(call, logs);
    requests = requestsOf(module, call, kernel, http);
    const { exports } = await instantiate(module, { kernel, world, requests });
    memory = exports["memory"] instanceof WebAssembly.Memory ? exports["memory"] : undefined;
    if (memory !== undefined) world.attach(memory);
    for (const name of ["hs_init", "_initialize", "__wasm_call_ctors"]) {
      const init = exports[name];
      if (!isCallable(init)) continue;
      await enterable(init, requests)();
      break;
    }
    const entry = exports[call.entry];
    if (!isCallable(entry)) return failed("wrong-abi", `unknown function: ${call.entry}`);
    const direct = memory === undefined ? undefined : openDirectMessage(exports, memory, call);
    const code = await ended(enterable(entry, requests));
    const failure = failureOfRequest(requests);
    return failure ?? conclude(kernel, { code, answer: direct?.answer ?? kernel.output, complaint: world.complaint });
  } catch (error) {
    return failureOfRequest(requests) ?? failureOf(error, { world, memory, pages: call.limits.pages });
  }
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

/** A function of a guest that may wait for an answer is called as a promise. */
function enterable(work: Callable, requests: Requests | undefined): () => unknown {
  return requests === undefined ? work : suspension().promising(work);
}

function requestsOf(
  module: WebAssembly.Module,
  call: GuestCall,
  kernel: Kernel,
  http: GuestHttp | undefined,
): Requests | undefined {
  if (http === undefined) return undefined;
  const asks = WebAssembly.Module.imports(module).some((one) => one.name === "http_request");
  return asks ? createRequests(kernel, call.limits, http) : undefined;
}

/** Throws what the host threw. */
function failureOfRequest(requests: Requests | undefined): GuestEnd | undefined {
  const failure = requests?.failure();
  if (failure === undefined) return undefined;
  const { error } = failure;
  if (error instanceof GuestFault) return failed(error.code, error.message);
  throw error;
}

interface Surroundings {
  readonly kernel: Kernel;
  readonly world: EmptyWorld;
  readonly requests: Requests | undefined;
}

async function instantiate(
  module: WebAssembly.Module,
  { kernel, world, requests }: Surroundings,
): Promise<WebAssembly.Instance> {
  const env = requests === undefined ? kernel.functions : withRequests(kernel, requests);
  return await WebAssembly.instantiate(module, { [EXTISM_ENV]: env, [WASI]: world.functions });
}

function withRequests({ functions }: Kernel, requests: Requests): WebAssembly.ModuleImports {
  const { http_request, ...rest } = requests.functions;
  return { ...functions, ...rest, http_request: suspension().suspending(http_request) };
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

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Helm compatibility: an error text counts before the code, and also behind a code of 0. */
function conclude(kernel: Kernel, { code, answer, complaint }: Ended): GuestEnd {
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
    const output = decoder.decode(answer());
    return { kind: "reply", output };
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

function failureOf(error: unknown, { world, memory, pages }: Ending): GuestEnd {
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
  // An exception of WebAssembly is no error of JavaScript's.
  const why = error instanceof Error ? error.message : "it throws an exception that it does not catch";
  return failed("trap", `trap: ${why}`, said);
}

function failed(
  code: Extract<GuestEnd, { kind: "failed" }>["code"],
  problem: string,
  more: { readonly guest?: string; readonly exitCode?: number } = {},
): GuestEnd {
  return { kind: "failed", code, problem, ...more };
}
