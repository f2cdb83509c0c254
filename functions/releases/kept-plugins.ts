import type { AdmittedPlugin } from "../../engine/plugin/index.ts";

/** Admitted plugins that are kept in memory, by a name that is theirs for good. */
export interface KeptPlugins {
  readonly get: (key: string) => AdmittedPlugin | undefined;
  readonly put: (key: string, plugin: AdmittedPlugin) => void;
}

/** Bytes of modules that are kept: two of the largest, or a score of ordinary ones. */
const KEPT_BYTES: number = 32 * 1024 * 1024;

/** Keeps what fits: the one not used for longest goes first. */
export function createKeptPlugins(most: number = KEPT_BYTES): KeptPlugins {
  const kept = new Map<string, AdmittedPlugin>();
  let held = 0;
  const forget = (key: string): void => {
    held -= kept.get(key)?.bytes.length ?? 0;
    kept.delete(key);
  };
  return {
    get: (key) => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    put: (key, plugin) => {
      forget(key);
      kept.set(key, plugin);
      held += plugin.bytes.length;
      for (const oldest of kept.keys()) {
        if (held <= most) break;
        forget(oldest);
      }
    },
  };
}
