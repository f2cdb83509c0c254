import type { JsonObject } from "../../engine/errors.ts";
import type { Clock } from "../http/clock.ts";
import { objectAt, stringAt } from "../http/json.ts";
import type { JournalEntry, OperationStore } from "./operation-store.ts";

/** Silence after which a stream says that it lives: below the usual 30 to 60 s of proxies. */
const HEARTBEAT = 15_000;
/** Milliseconds after which a browser reconnects. */
const RETRY = 2_000;
const PAGE = 100;

/** One event as readers see it. `sequence` is what a reader resumes behind. */
export interface PublicEvent {
  readonly sequence: number;
  readonly type: string;
  readonly data: JsonObject;
}

/** How a stream is written. */
export type StreamFormat = "sse" | "ndjson";

/** What a journal entry tells a reader; undefined for entries that are the runner's own. */
export function publicEvent({ sequence, time, entry }: JournalEntry): PublicEvent | undefined {
  const at = new Date(time).toISOString();
  const kind = stringAt(entry, "kind");
  if (kind === "created") {
    const action = stringAt(entry, "action") ?? "";
    const origin = stringAt(entry, "origin") ?? "";
    return { sequence, type: "created", data: { time: at, action, origin, ...objectAt(entry, "summary") } };
  }
  if (kind === "event") {
    const { type, ...data } = objectAt(entry, "event") ?? {};
    return { sequence, type: typeof type === "string" ? type : "log", data: { time: at, ...data } };
  }
  if (kind === "retry" || kind === "stop") {
    const said = stringAt(entry, "message") ?? "";
    const message = kind === "retry" ? `trying again: ${said}` : `stopping: ${said}`;
    return { sequence, type: "warning", data: { time: at, code: stringAt(entry, "code") ?? "", message } };
  }
  if (kind !== "done") return undefined;
  const { kind: _kind, terminal: _terminal, dryRun: _sealed, ...end } = entry;
  return { sequence, type: "done", data: { time: at, ...end } };
}

/**
 * The events of an operation behind `after`: first what the journal holds, then what comes, until the terminal one. A reader that is
 * slow holds back the reading of the journal, nothing else.
 */
export function openEventStream(
  deps: { readonly store: OperationStore; readonly clock: Clock },
  options: {
    readonly operation: string;
    readonly after: number;
    readonly format: StreamFormat;
    readonly signal: AbortSignal;
  },
): ReadableStream<Uint8Array> {
  const { store } = deps;
  const { operation, format } = options;
  const encoder = new TextEncoder();
  const closed = new AbortController();
  const signal = AbortSignal.any([options.signal, closed.signal]);
  let after = options.after;
  let greeted = format === "ndjson";
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (!greeted) {
          greeted = true;
          controller.enqueue(encoder.encode(`retry: ${RETRY}\n\n`));
          return;
        }
        while (!signal.aborted) {
          const entries = await store.read(operation, after, PAGE);
          const last = entries.at(-1);
          if (last === undefined) {
            if (await quietFor(deps, { operation, after, signal })) {
              controller.enqueue(encoder.encode(format === "sse" ? ": alive\n\n" : "\n"));
              return;
            }
            continue;
          }
          after = last.sequence;
          const text = entries.map((entry) => write(publicEvent(entry), format)).join("");
          if (text !== "") controller.enqueue(encoder.encode(text));
          if (last.entry["terminal"] === true) break;
          if (text !== "") return;
        }
        controller.close();
      },
      cancel: () => closed.abort(),
    },
    { highWaterMark: 0 },
  );
}

/** Waits for entries; true when none came for as long as a heartbeat. */
async function quietFor(
  deps: { readonly store: OperationStore; readonly clock: Clock },
  at: { readonly operation: string; readonly after: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const either = new AbortController();
  const signal = AbortSignal.any([at.signal, either.signal]);
  let quiet = false;
  const beat = deps.clock.sleep(HEARTBEAT, signal).then(() => {
    quiet = !signal.aborted;
    either.abort();
  });
  await deps.store.changed(at.operation, at.after, signal);
  const wasQuiet = quiet;
  either.abort();
  await beat;
  return wasQuiet;
}

function write(event: PublicEvent | undefined, format: StreamFormat): string {
  if (event === undefined) return "";
  const { sequence, type, data } = event;
  if (format === "ndjson") return `${JSON.stringify({ id: sequence, type, ...data })}\n`;
  return `id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
