import { joinParts } from "../../engine/bytes.ts";
import { formatHex } from "../../engine/oci/digest.ts";
import { indexEpoch } from "../projects/index-epoch.ts";
import type { Projects } from "../projects/projects.ts";
import type { Given } from "../upstream/given.ts";
import type { IndexPiece, IndexPieces } from "./chart-index.ts";
import type { StoredIndex, StoredIndexes } from "./stored-index.ts";

/** An index that is ready, one that is too large for memory and lies in the store, or one that nothing is known to hold for: it comes as it is written. */
export type OpenIndex =
  | {
      readonly kind: "ready";
      readonly bytes: Uint8Array;
      /** sha256 of the bytes, in hex. */
      readonly hash: string;
      readonly gzip: () => Promise<Uint8Array>;
    }
  | StoredIndex
  | { readonly kind: "stream"; readonly stream: ReadableStream<Uint8Array> };

/** Writes an index: from pieces of an earlier one, where they still hold, and tells which the next one may use. */
export type WriteIndex = (
  before: IndexPieces,
  keep: (name: string, piece: IndexPiece) => void,
) => AsyncGenerator<Uint8Array>;

/** Written indexes, kept as long as the project's epoch does not change; of stale ones the pieces that did not. */
export interface IndexCache {
  /** `view`: the key of what its reader may see of the project; absent: all. */
  readonly open: (project: string, write: WriteIndex, view?: string) => Promise<OpenedIndex>;
  /** What was opened is not there any more. */
  readonly forget: (project: string) => void;
}

/** An index that was opened, of an upstream that may fail. */
export interface OpenedIndex extends Given {
  readonly index: OpenIndex;
}

interface Kept {
  readonly epoch: string;
  readonly index: Ready | StoredIndex;
  readonly pieces: IndexPieces;
}

type Ready = Extract<OpenIndex, { kind: "ready" }>;

/** An index of this size is kept in memory; larger ones in the store. */
const MAX_KEPT = 8 * 1024 * 1024;
/** Projects whose index is kept, and as many that show a part of one. */
const MAX_PROJECTS = 4;

/** What a cache works with. */
export interface IndexCacheDeps {
  readonly projects: Projects;
  readonly stored: StoredIndexes;
  /** An index of more bytes is large. */
  readonly most?: number;
}

interface Wish {
  readonly project: string;
  readonly write: WriteIndex;
  readonly view: string | undefined;
}

/** A cache of one process. */
export function createIndexCache({ projects, stored, most = MAX_KEPT }: IndexCacheDeps): IndexCache {
  const [whole, partial] = [new Map<string, Kept>(), new Map<string, Kept>()];
  const openAt = async (epoch: string | undefined, { project, write, view }: Wish): Promise<OpenIndex> => {
    const kept = view === undefined ? whole : partial;
    const place = view === undefined ? project : `${project} ${view}`;
    const known = kept.get(place);
    if (known !== undefined && known.epoch === epoch) return known.index;
    const large = epoch === undefined || view !== undefined ? undefined : await stored.find(project, epoch);
    const pieces = new Map<string, IndexPiece>();
    const all = write(known?.pieces ?? NO_PIECES, (name, piece) => void pieces.set(name, piece));
    const index = large ?? (await collect(all, most));
    kept.delete(place);
    if (index.kind === "ready") {
      if (epoch !== undefined) keepIn(kept, place, { epoch, index, pieces });
      return index;
    }
    if (epoch === undefined || view !== undefined) return index.kind === "rest" ? streamed(index) : index;
    const there = index.kind === "stored" ? index : await stored.write(project, epoch, eachOf(index));
    keepIn(kept, place, { epoch, index: there, pieces: NO_PIECES });
    return there;
  };
  return {
    forget: (project) => void whole.delete(project),
    open: async (project, write, view) => {
      const { key: epoch, stale } = (await indexEpoch(projects, project)) ?? {};
      return { index: await openAt(epoch, { project, write, view }), stale: stale === true };
    },
  };
}

function keepIn(kept: Map<string, Kept>, place: string, entry: Kept): void {
  kept.set(place, entry);
  const oldest = kept.keys().next();
  if (kept.size > MAX_PROJECTS && oldest.done !== true) kept.delete(oldest.value);
}

const NO_PIECES: IndexPieces = new Map();

/** The beginning of an index that is too large for memory, and where the rest comes from. */
interface Rest {
  readonly kind: "rest";
  readonly chunks: Uint8Array[];
  readonly pieces: AsyncGenerator<Uint8Array>;
}

async function collect(pieces: AsyncGenerator<Uint8Array>, most: number): Promise<Ready | Rest> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.length;
    if (size > most) return { kind: "rest", chunks, pieces };
  }
  const bytes = joinParts(chunks);
  const hash = formatHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))));
  let packed: Uint8Array | undefined;
  return { kind: "ready", bytes, hash, gzip: async () => (packed ??= await gzip(bytes)) };
}

/** Each chunk is let go of before the next one comes. */
async function* eachOf({ chunks, pieces }: Rest): AsyncGenerator<Uint8Array> {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
  yield* pieces;
}

function streamed(rest: Rest): OpenIndex {
  const all = eachOf(rest);
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await all.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await all.return(undefined)),
    },
    { highWaterMark: 0 },
  );
  return { kind: "stream", stream };
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
