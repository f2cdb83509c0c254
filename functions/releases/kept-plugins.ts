import { createLeastUsed, type LeastUsed } from "../../engine/least-used.ts";
import type { AdmittedPlugin } from "../../engine/plugin/index.ts";

/** Admitted plugins that are kept in memory, by a name that is theirs for good. */
export type KeptPlugins = LeastUsed<string, AdmittedPlugin>;

/** Bytes of modules that are kept: two of the largest, or a score of ordinary ones. */
const KEPT_BYTES: number = 32 * 1024 * 1024;

/** The plugins of a process. */
export function createKeptPlugins(most: number = KEPT_BYTES): KeptPlugins {
  return createLeastUsed({ most, sizeOf: ({ bytes }) => bytes.length });
}
