import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import type { KeeperDeps } from "../content/condemned.ts";
import { pulledKey } from "../content/keys.ts";
import { writeJson } from "../content/record.ts";
import type { RepositorySource } from "./source.ts";

/** A manifest's time is written once in so many milliseconds: what collection evicts is older. */
const COARSENESS_MS = 3_600_000;
/** Manifests that one process remembers. */
const MAX_REMEMBERED = 10_000;

/** A source that writes down when its manifests are asked for, so that collection knows which ones nobody needs. */
export function rememberPulls({ store, now }: KeeperDeps, source: RepositorySource): RepositorySource {
  const written = new Map<string, number>();
  const remember = async (repository: RepositoryName, digest: Digest): Promise<void> => {
    const key = pulledKey(repository, digest);
    const at = now();
    const before = written.get(key);
    if (before !== undefined && at - before < COARSENESS_MS) return;
    written.delete(key);
    written.set(key, at);
    const oldest = written.keys().next();
    if (written.size > MAX_REMEMBERED && oldest.done !== true) written.delete(oldest.value);
    // A pull does not fail for its note: without one the manifest is as old as its entry.
    await writeJson(store, key, { at }).catch(() => undefined);
  };
  return {
    ...source,
    manifest: async (repository, reference, signal) => {
      const head = await source.manifest(repository, reference, signal);
      if (head !== undefined) await remember(repository, head.digest);
      return head;
    },
  };
}
