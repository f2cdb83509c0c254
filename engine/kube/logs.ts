import { readText } from "./body.ts";
import { readLines } from "./line.ts";
import { PODS, objectPath } from "./mapping.ts";
import { sendStream } from "./rest.ts";
import type { KubeSession } from "./session.ts";

/** Whose log to read. */
export interface LogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The server ends the log after this many bytes. */
  readonly limitBytes: number;
  readonly tailLines?: number;
  /** Of the container's run before this one. */
  readonly previous?: boolean;
}

/** A log line longer than this is no line. */
const MAX_LINE_BYTES = 1024 * 1024;

/** The lines of a container's log, as far as it is written now. Control characters are kept: the reader's terminal is not ours. */
export async function* readLogs(session: KubeSession, options: LogOptions): AsyncGenerator<string, void> {
  yield* readLines(await openLog(session, options), MAX_LINE_BYTES);
}

/** A container's whole log as text, its last line break included. */
export async function readLogText(session: KubeSession, options: LogOptions): Promise<string> {
  return await readText(await openLog(session, options), options.limitBytes);
}

async function openLog(session: KubeSession, options: LogOptions): Promise<ReadableStream<Uint8Array>> {
  const query: [string, string][] = [
    ["container", options.container],
    ["limitBytes", String(options.limitBytes)],
  ];
  if (options.tailLines !== undefined) query.push(["tailLines", String(options.tailLines)]);
  if (options.previous === true) query.push(["previous", "true"]);
  return await sendStream(session, {
    method: "GET",
    path: `${objectPath(PODS, options.namespace, options.pod)}/log`,
    query,
    accept: "*/*",
    resource: PODS.plural,
    name: options.pod,
  });
}
