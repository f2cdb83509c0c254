import { OciError } from "../../engine/oci/error.ts";
import type { IndexEntry } from "./index-entry.ts";

/** A chart of an index with the versions that can be pulled, in the index's order. */
export interface IndexChart {
  readonly name: string;
  readonly entries: readonly IndexEntry[];
}

/** Text of one entry. */
export const MAX_ENTRY: number = 4 * 1024 * 1024;
/** Versions of one chart. */
export const MAX_VERSIONS = 20_000;
/** Text of all versions of one chart: they are in memory together. The largest known has a third of it. */
export const MAX_CHART: number = 24 * 1024 * 1024;
/** Charts in an index. */
export const MAX_CHARTS = 50_000;

/** What is no index replaces none. */
export function notIndex(message: string): OciError {
  return new OciError("UNAVAILABLE", { status: 502, message: `the upstream's index ${message}` });
}
