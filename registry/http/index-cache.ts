import { joinParts } from "../../engine/bytes.ts";
import type { Projects } from "../projects/projects.ts";

/** An index that is ready, or one that is too large to keep and comes as it is written. */
export type OpenIndex =
  | {
      readonly kind: "ready";
      readonly bytes: Uint8Array;
      /** sha256 of the bytes. */
      readonly hash: Uint8Array;
      readonly gzip: () => Promise<Uint8Array>;
    }
  | { readonly kind: "stream"; readonly stream: ReadableStream<Uint8Array> };

/** Written indexes, kept as long as the project's epoch does not change. */
export interface IndexCache {
  readonly open: (project: string, write: () => AsyncGenerator<string>) => Promise<OpenIndex>;
}

type Ready = Extract<OpenIndex, { kind: "ready" }>;

/** An index of this size is kept; larger ones are streamed to each reader. */
const MAX_KEPT = 8 * 1024 * 1024;
/** Projects whose index is kept. */
const MAX_PROJECTS = 4;
const encoder = new TextEncoder();

/** A cache of one process. */
export function createIndexCache(projects: Projects): IndexCache {
  const kept = new Map<string, { readonly epoch: string; readonly index: Ready }>();
  return {
    open: async (project, write) => {
      const epoch = await epochOf(projects, project);
      const known = kept.get(project);
      if (known !== undefined && known.epoch === epoch) return known.index;
      const index = await collect(write());
      kept.delete(project);
      if (index.kind === "ready" && epoch !== undefined) {
        kept.set(project, { epoch, index });
        const oldest = kept.keys().next();
        if (kept.size > MAX_PROJECTS && oldest.done !== true) kept.delete(oldest.value);
      }
      return index;
    },
  };
}

async function epochOf(projects: Projects, name: string): Promise<string | undefined> {
  const project = projects.find(name);
  if (project === undefined || project.kind === "group") return undefined;
  return await projects.sourceOf(project).epoch(name);
}

async function collect(pieces: AsyncGenerator<string>): Promise<OpenIndex> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) break;
    const chunk = encoder.encode(next.value);
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_KEPT) return { kind: "stream", stream: streamPieces(chunks, pieces) };
  }
  const bytes = joinParts(chunks);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  let packed: Uint8Array | undefined;
  return { kind: "ready", bytes, hash, gzip: async () => (packed ??= await gzip(bytes)) };
}

function streamPieces(first: Uint8Array[], rest: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const waiting = first.shift();
        if (waiting !== undefined) {
          controller.enqueue(waiting);
          return;
        }
        const next = await rest.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      cancel: async () => void (await rest.return(undefined)),
    },
    { highWaterMark: 0 },
  );
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
