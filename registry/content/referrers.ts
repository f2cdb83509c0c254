import { type Descriptor, parseDescriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { lastSegment, referrersOf } from "./keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { listKeys, readJson } from "./record.ts";

/** Descriptors in one answer: annotations included they stay below the 4 MiB that clients read. */
const PAGE = 200;
/** Bytes of descriptors in one answer. */
const PAGE_BYTES = 3 * 1024 * 1024;

/** One page of what refers to a manifest. `next` goes into `last` for the following page. */
export interface ReferrerPage {
  readonly descriptors: readonly Descriptor[];
  readonly next?: string;
}

/** What refers to `subject` in the repository, by digest, only of `artifactType` when given. */
export async function listReferrers(
  store: ObjectStore,
  repository: RepositoryName,
  subject: Digest,
  options: { readonly artifactType?: string; readonly last?: string } = {},
): Promise<ReferrerPage> {
  const prefix = referrersOf(repository, subject);
  const after = options.last === undefined ? {} : { after: prefix + options.last };
  const page = await listKeys(store, prefix, { limit: PAGE, ...after });
  const stored = await Promise.all(page.keys.map((key) => readJson(store, key)));
  const descriptors: Descriptor[] = [];
  let size = 0;
  for (const [index, key] of page.keys.entries()) {
    const record = stored[index];
    const descriptor = parseDescriptor(record?.value);
    if (descriptor === undefined) continue;
    if (options.artifactType !== undefined && descriptor.artifactType !== options.artifactType) continue;
    size += JSON.stringify(descriptor).length;
    if (size > PAGE_BYTES && descriptors.length > 0) {
      const previous = page.keys[index - 1];
      return { descriptors, next: previous === undefined ? "" : lastSegment(previous) };
    }
    descriptors.push(descriptor);
    if (index === page.keys.length - 1 && page.next !== undefined) return { descriptors, next: lastSegment(key) };
  }
  return page.next === undefined ? { descriptors } : { descriptors, next: lastSegment(page.keys.at(-1) ?? "") };
}
