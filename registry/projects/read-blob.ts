import type { Digest } from "../../engine/oci/digest.ts";
import { readBounded } from "../content/body.ts";
import { ChartLookupError } from "./chart-error.ts";
import type { LocatedRepository } from "./projects.ts";

/** A blob in memory; undefined when it is not there. */
export async function readBlob(
  at: LocatedRepository,
  digest: Digest,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const blob = await at.source.blob(at.repository, digest, undefined, signal);
  if (blob === undefined) return undefined;
  const { body } = blob;
  const fits = blob.size <= limit;
  if (body instanceof Uint8Array) return fits ? body : tooLarge();
  if (fits) return (await readBounded(body, limit)) ?? tooLarge();
  await body.cancel();
  return tooLarge();
}

function tooLarge(): never {
  throw new ChartLookupError("not-a-chart", "the chart's content is too large", { chart: "" });
}
