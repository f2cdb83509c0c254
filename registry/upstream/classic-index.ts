import { ArchiveError, gunzip } from "../../engine/archive/index.ts";
import { answerError } from "../../engine/oci/client-answer.ts";
import { basicHeader } from "../../engine/oci/client-auth.ts";
import type { EgressResponse } from "../../engine/oci/egress.ts";
import { sendFollowing } from "../../engine/oci/follow.ts";
import { counted, deadline, type ProxyContext } from "./context.ts";
import { isOutage } from "./freshness.ts";
import type { Given } from "./given.ts";
import { brokenOff, upstreamFailure } from "./gate.ts";
import { createIndexWriter, type IndexHead, readIndexHead, sweepGenerations, writeIndexHead } from "./index-store.ts";
import { MAX_INDEX_BYTES } from "./index-lines.ts";
import { once } from "./once.ts";
import { readIndex } from "./read-index.ts";
import type { ClassicUpstream } from "./upstream.ts";

type Context = ProxyContext<ClassicUpstream>;

/**
 * The upstream's index, as fresh as configured: asked again by ETag or date after `ttl`, and the last good one for `staleIfError` while the
 * upstream fails. A body that is no index, or ends early, replaces nothing.
 */
export async function currentIndex(context: Context): Promise<IndexHead & Given> {
  const { store, project, upstream, now, memory } = context;
  const { ttl, staleIfError } = upstream.freshness;
  const fresh = (head: IndexHead | undefined): IndexHead | undefined =>
    head !== undefined && now() - head.checked < ttl ? head : undefined;
  const known = fresh(memory.head) ?? (await readIndexHead(store, project));
  const good = fresh(known);
  if (good !== undefined) {
    memory.head = good;
    counted(context, "index", "hit");
    return good;
  }
  try {
    const head = await once(context, context.flights.index, {
      key: "index",
      done: async () => {
        const value = fresh(memory.head) ?? fresh(await readIndexHead(store, project));
        return value === undefined ? undefined : { value };
      },
      work: async () => await refresh(context, known),
    });
    memory.head = head;
    counted(context, "index", head.generation === known?.generation ? "revalidated" : "miss");
    return head;
  } catch (error) {
    const serves = known !== undefined && isOutage(error) && now() - known.checked < ttl + staleIfError;
    counted(context, "index", serves ? "stale" : "failed");
    if (serves) return { ...known, stale: true };
    throw error;
  }
}

async function refresh(context: Context, known: IndexHead | undefined): Promise<IndexHead> {
  return await context.gate.run(async () => {
    const response = await askForIndex(context, known);
    if (response.status === 304 && known !== undefined) {
      await response.body?.cancel();
      const head = { ...known, checked: context.now() };
      await writeIndexHead(context.store, context.project, head);
      return head;
    }
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw answerError(response);
    }
    return await replaceIndex(context, response, response.body);
  });
}

async function askForIndex(context: Context, known: IndexHead | undefined): Promise<EgressResponse> {
  const { upstream } = context;
  const headers: Record<string, string> = { "accept-encoding": "gzip" };
  if (known?.etag !== undefined) headers["if-none-match"] = known.etag;
  else if (known?.modified !== undefined) headers["if-modified-since"] = known.modified;
  const credentials = await upstream.credentials?.();
  return await sendFollowing(context.egress, {
    method: "GET",
    url: indexUrl(upstream.url),
    headers,
    policy: upstream.policy,
    signal: deadline(context),
    ...(credentials === undefined ? {} : { authorization: basicHeader(credentials) }),
  });
}

/** Where `helm repo add URL` looks: `index.yaml` behind the path, the query kept. */
export function indexUrl(repository: string): string {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  return url.href;
}

async function replaceIndex(
  context: Context,
  response: EgressResponse,
  body: ReadableStream<Uint8Array>,
): Promise<IndexHead> {
  const { store, project } = context;
  const writer = createIndexWriter(store, project, context.random(8));
  const before = await readIndexHead(store, project);
  const kept = [writer.generation, before?.generation ?? ""];
  try {
    for await (const chart of readIndex(inflated(response, body))) await writer.add(chart);
  } catch (error) {
    await sweepGenerations(store, project, new Set(kept.slice(1)));
    throw broken(error);
  }
  const etag = response.headers.get("etag");
  const modified = response.headers.get("last-modified");
  const head: IndexHead = {
    generation: writer.generation,
    checked: context.now(),
    charts: writer.charts(),
    ...(etag === null ? {} : { etag }),
    ...(modified === null ? {} : { modified }),
  };
  await writeIndexHead(store, project, head);
  await sweepGenerations(store, project, new Set(kept));
  return head;
}

/** A body that says it is gzip, inflated: what an `Egress` gives is not decompressed beyond what its headers say. */
function inflated(response: EgressResponse, body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  if (response.headers.get("content-encoding")?.toLowerCase() !== "gzip") return body;
  return gunzip(body, { limit: MAX_INDEX_BYTES });
}

function broken(error: unknown): unknown {
  const known = upstreamFailure(error);
  if (known !== undefined) return known;
  return error instanceof TypeError || error instanceof ArchiveError ? brokenOff(error) : error;
}
