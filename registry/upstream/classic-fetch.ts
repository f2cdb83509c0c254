import { answerError } from "../../engine/oci/client-answer.ts";
import { basicHeader, readBytes } from "../../engine/oci/client-auth.ts";
import { digestHex, digestOf } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { sendFollowing } from "../../engine/oci/follow.ts";
import { indexUrl } from "./classic-index.ts";
import { deadline, type ProxyContext } from "./context.ts";
import { brokenOff, upstreamFailure } from "./gate.ts";
import type { IndexEntry } from "./index-entry.ts";
import type { ClassicUpstream } from "./upstream.ts";

type Context = ProxyContext<ClassicUpstream>;

/** A packaged chart: the largest that are published have some 10 MB; the whole is held in memory while it is checked. */
const MAX_ARCHIVE = 32 * 1024 * 1024;
/** A provenance file is a Chart.yaml and a signature. */
const MAX_PROVENANCE = 1024 * 1024;

/** A chart as it came from a classic repository; its bytes have the digest that the index states. */
export interface FetchedChart {
  readonly archive: Uint8Array;
  /** Undefined: the repository says that there is none. */
  readonly provenance: Uint8Array | undefined;
  /** Where the archive came from, without a query. */
  readonly url: string;
}

/** Fetches an entry's archive and provenance. Throws OciError `UNAVAILABLE` (502) for bytes that do not have the index's digest. */
export async function fetchChart(context: Context, entry: IndexEntry): Promise<FetchedChart> {
  let failure: unknown;
  for (const url of chartUrls(context.upstream, entry)) {
    const origin = foreignOrigin(context, url);
    try {
      const archive = await context.gate.run(async () => await fetchArchive(context, url, entry.digest), origin);
      const provenance = await context.gate.run(async () => await fetchProvenance(context, url), origin);
      return { archive, provenance, url: placeOf(url) + url.pathname };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure ?? new OciError("UNAVAILABLE", { status: 502, message: "the index names no place for the chart" });
}

/** Absolute URLs of an entry; relative ones count from the index, which keeps its query (Helm: repo.ResolveReferenceURL). */
function chartUrls(upstream: ClassicUpstream, entry: IndexEntry): readonly URL[] {
  const base = new URL(indexUrl(upstream.url));
  return entry.urls.flatMap((text) => {
    if (!URL.canParse(text, base)) return [];
    const url = new URL(text, base);
    if (url.protocol !== "https:" && url.protocol !== "http:" && url.protocol !== base.protocol) return [];
    if (!/^[a-z][a-z0-9+.-]*:/i.test(text) && url.search === "") url.search = base.search;
    return [url];
  });
}

/** An origin, of any scheme: URL knows those of http alone. */
function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** The origin of a host that is not the upstream's own. */
function foreignOrigin({ upstream }: Context, url: URL): string | undefined {
  const origin = placeOf(url);
  return origin === placeOf(new URL(upstream.url)) ? undefined : origin;
}

async function ask(context: Context, url: URL): Promise<Awaited<ReturnType<typeof sendFollowing>>> {
  const { upstream } = context;
  const own = foreignOrigin(context, url) === undefined;
  const credentials = own || upstream.passCredentials === true ? await upstream.credentials?.() : undefined;
  return await sendFollowing(context.egress, {
    method: "GET",
    url: url.href,
    headers: { accept: "application/gzip,application/octet-stream" },
    policy: upstream.policy,
    led: !own,
    signal: deadline(context),
    ...(credentials === undefined ? {} : { authorization: basicHeader(credentials) }),
  });
}

async function fetchArchive(context: Context, url: URL, digest: string | undefined): Promise<Uint8Array> {
  const response = await ask(context, url);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw answerError(response);
  }
  const bytes = await readWhole(response, MAX_ARCHIVE);
  if (digest !== undefined && digestHex(await digestOf(bytes)) !== digest) {
    throw new OciError("UNAVAILABLE", { status: 502, message: "the chart does not have the digest of the index" });
  }
  return bytes;
}

/** `.prov` beside the archive. 404 and 410 say that there is none; so does 403, which S3 answers for a missing key. */
async function fetchProvenance(context: Context, archive: URL): Promise<Uint8Array | undefined> {
  const url = new URL(archive);
  url.pathname += ".prov";
  const response = await ask(context, url);
  if (response.status === 200) {
    const bytes = await readWhole(response, MAX_PROVENANCE);
    return isProvenance(bytes) ? bytes : undefined;
  }
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410 || response.status === 403) return undefined;
  throw answerError(response);
}

/** A clear-signed message. Servers that answer 200 with a page for any path have none. */
function isProvenance(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().startsWith("-----BEGIN PGP SIGNED MESSAGE-----");
}

async function readWhole(response: Parameters<typeof readBytes>[0], limit: number): Promise<Uint8Array> {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  try {
    const bytes = await readBytes(response, limit);
    const plain = response.headers.get("content-encoding") === null;
    if (plain && Number.isSafeInteger(length) && bytes.length !== length) throw brokenOff();
    return bytes;
  } catch (error) {
    throw upstreamFailure(error) ?? (error instanceof TypeError ? brokenOff(error) : error);
  }
}
