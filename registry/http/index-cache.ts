import { joinParts } from "../../engine/bytes.ts";
import { formatHex } from "../../engine/oci/digest.ts";
import type { Projects } from "../projects/projects.ts";
import type { IndexPiece, IndexPieces } from "./chart-index.ts";

/** An index that is ready, or one that is too large to keep and comes as it is written. */
export type OpenIndex =
  | {
      readonly kind: "ready";
      readonly bytes: Uint8Array;
      /** sha256 of the bytes, in hex. */
      readonly hash: string;
      readonly gzip: () => Promise<Uint8Array>;
    }
  | { readonly kind: "stream"; readonly stream: ReadableStream<Uint8Array> };

/** Writes an index: from pieces of an earlier one, where they still hold, and tells which the next one may use. */
export type WriteIndex = (
  before: IndexPieces,
  keep: (name: string, piece: IndexPiece) => void,
) => AsyncGenerator<Uint8Array>;

/** Written indexes, kept as long as the project's epoch does not change; of stale ones the pieces that did not. */
export interface IndexCache {
  /** `view`: the key of what its reader may see of the project; absent: all. */
  readonly open: (project: string, write: WriteIndex, view?: string) => Promise<OpenIndex>;
}

interface Kept {
  readonly epoch: string;
  readonly index: Ready;
  readonly pieces: IndexPieces;
}

type Ready = Extract<OpenIndex, { kind: "ready" }>;

/** An index of this size is kept; larger ones are streamed to each reader. */
const MAX_KEPT = 8 * 1024 * 1024;
/** Projects whose index is kept, and as many that show a part of one. */
const MAX_PROJECTS = 4;

/** A cache of one process. */
export function createIndexCache(projects: Projects): IndexCache {
  const [whole, partial] = [new Map<string, Kept>(), new Map<string, Kept>()];
  return {
    open: async (project, write, view) => {
      const epoch = await epochOf(projects, project);
      const kept = view === undefined ? whole : partial;
      const place = view === undefined ? project : `${project} ${view}`;
      const known = kept.get(place);
      if (known !== undefined && known.epoch === epoch) return known.index;
      const pieces = new Map<string, IndexPiece>();
      const index = await collect(write(known?.pieces ?? NO_PIECES, (name, piece) => void pieces.set(name, piece)));
      kept.delete(place);
      if (index.kind === "ready" && epoch !== undefined) {
        kept.set(place, { epoch, index, pieces });
        const oldest = kept.keys().next();
        if (kept.size > MAX_PROJECTS && oldest.done !== true) kept.delete(oldest.value);
      }
      return index;
    },
  };
}

const NO_PIECES: IndexPieces = new Map();

async function epochOf(projects: Projects, name: string): Promise<string | undefined> {
  const project = projects.find(name);
  if (project === undefined || project.kind === "group") return undefined;
  return await projects.sourceOf(project).epoch(name);
}

async function collect(pieces: AsyncGenerator<Uint8Array>): Promise<OpenIndex> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.length;
    if (size > MAX_KEPT) return { kind: "stream", stream: streamPieces(chunks, pieces) };
  }
  const bytes = joinParts(chunks);
  const hash = formatHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
  let packed: Uint8Array | undefined;
  return { kind: "ready", bytes, hash, gzip: async () => (packed ??= await gzip(bytes)) };
}

function streamPieces(first: Uint8Array[], rest: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
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
        else controller.enqueue(next.value);
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
