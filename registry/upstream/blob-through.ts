import type { FetchedBlob } from "../../engine/oci/client.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { linkBlob, putContent, statBlob } from "../content/blobs.ts";
import { readBounded, streamOf } from "../content/body.ts";
import { endEpoch, markRepository } from "../content/repositories.ts";
import { verifying } from "../content/verify.ts";
import type { ProxyContext } from "./context.ts";
import { brokenOff, upstreamFailure } from "./gate.ts";
import { lockstep } from "./lockstep.ts";
import { once } from "./once.ts";
import type { Upstream } from "./upstream.ts";

/** Blobs up to this size are checked and stored before the first byte is answered. */
const SMALL_BLOB = 1024 * 1024;
/** What is held back from the client until the whole blob has its digest: no client takes a blob without its end. */
const HELD_BACK = 64 * 1024;

/** Which blob. */
export interface BlobWish {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** A blob on its way from the upstream. */
export interface ThroughBlob {
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
  /** Settles when the blob is stored and linked, or could not be. */
  readonly stored: Promise<void>;
}

/**
 * Fetches a blob once for all who ask at the same time. The first caller gets the stream while it is stored; the others wait and get
 * undefined, as for a small blob: it is in the store then. Undefined is also "there is none", which the store tells apart.
 */
export async function openThrough(
  context: ProxyContext<Upstream>,
  wish: BlobWish,
  fetchBlob: () => Promise<FetchedBlob | undefined>,
): Promise<ThroughBlob | undefined> {
  if (context.absences.has(nameOf(wish))) return undefined;
  let mine: ThroughBlob | undefined;
  await new Promise<void>((resolve, reject) => {
    // The room at the gate is kept until the last byte is here.
    const fetchOnce = async (): Promise<void> =>
      await context.gate.run(async () => {
        mine = await begin(context, wish, fetchBlob);
        // A small blob is stored by now: who may go on behind an answer drops the lease there.
        if (mine !== undefined || context.together) resolve();
        await mine?.stored;
        // It may be what a list shows of a chart.
        if (mine === undefined) await endEpoch(context.store, context.project, wish.repository);
      });
    once(context, context.flights.blob, {
      key: `blob/${wish.repository.replaceAll("/", "!")}/${wish.digest.replace(":", "-")}`,
      done: async () => {
        const size = await statBlob(context.store, wish.repository, wish.digest);
        return size === undefined ? undefined : { value: undefined };
      },
      work: fetchOnce,
    }).then(resolve, reject);
  });
  return mine;
}

function nameOf({ repository, digest }: BlobWish): string {
  return `${repository}@${digest}`;
}

async function begin(
  context: ProxyContext<Upstream>,
  wish: BlobWish,
  fetchBlob: () => Promise<FetchedBlob | undefined>,
): Promise<ThroughBlob | undefined> {
  const found = await fetchBlob();
  if (found === undefined) {
    context.absences.add(nameOf(wish));
    return undefined;
  }
  const { size } = found;
  if (size === undefined || size <= SMALL_BLOB) {
    await storeSmall(context, wish, found);
    return undefined;
  }
  const [forStore, forClient] = lockstep(found.body, { patience: context.upstream.freshness.deadline });
  const stored = storeStream(context, wish, forStore, size);
  const checked = verifying(wish.digest, { held: HELD_BACK, size, hasher: context.hasher });
  return { size, body: forClient.pipeThrough(checked), stored };
}

/** Without a length the blob must fit into memory. */
const UNKNOWN_LENGTH_LIMIT = 32 * 1024 * 1024;

async function storeSmall(context: ProxyContext<Upstream>, wish: BlobWish, found: FetchedBlob): Promise<void> {
  const bytes = await readBounded(found.body, found.size ?? UNKNOWN_LENGTH_LIMIT).catch((error: unknown) => {
    throw upstreamFailure(error) ?? brokenOff(error);
  });
  if (bytes === undefined || (found.size !== undefined && bytes.length !== found.size)) throw wrongBytes();
  await storeStream(context, wish, streamOf(bytes), bytes.length);
}

async function storeStream(
  context: ProxyContext<Upstream>,
  { repository, digest }: BlobWish,
  stream: ReadableStream<Uint8Array>,
  size: number,
): Promise<void> {
  try {
    await putContent(context.store, digest, { kind: "stream", stream, size });
  } catch (error) {
    throw error instanceof OciError && error.code === "DIGEST_INVALID" ? wrongBytes(error) : error;
  }
  await markRepository(context.store, context.project, repository);
  await linkBlob(context, repository, digest, size);
}

function wrongBytes(cause?: unknown): OciError {
  const message = "the upstream's bytes do not have the digest";
  return new OciError("UNAVAILABLE", { status: 502, message, cause });
}
