import type { JsonObject, JsonValue } from "../../engine/errors.ts";
import { asObject } from "../../engine/oci/descriptor.ts";
import { type Digest, parseDigest } from "../../engine/oci/digest.ts";
import { MAX_MANIFEST_BYTES } from "../../engine/oci/manifest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { readBounded } from "../content/body.ts";
import { blobKey, linkKey, linkPlace, manifestKey, manifestPlace, MANIFESTS, pulledKey } from "../content/keys.ts";
import type { ObjectHead } from "../content/object-store.ts";
import { readJson } from "../content/record.ts";
import { splitRepository } from "../projects/project.ts";
import { DONE, type PhaseStep, pinMark, type Run, unreadableMark } from "./run.ts";

/** Releases whose pins are asked for at once, and what that may cost. */
const PINS_PAGE = 4;
const PINS_CALLS = 10;

/** Marks what is needed elsewhere. */
export const collectPins: PhaseStep = async (run, cursor) => {
  let after = cursor;
  while (run.budget.allows(PINS_CALLS)) {
    run.budget.spend(PINS_CALLS);
    const page = await run.pins.page(after === "" ? undefined : after, PINS_PAGE);
    for (const digest of page.digests) run.marks.add(pinMark(digest));
    run.count("pins", page.digests.length);
    run.count("pinsOrphaned", page.orphaned ?? 0);
    if (page.next === undefined) return DONE;
    after = page.next;
  }
  return { done: false, cursor: after };
};

/** Manifests that are read at the same time, and in one listing. */
const PARALLEL = 8;
const PAGE = 200;
/** Calls for one manifest: its bytes, and when it was last asked for. */
const MANIFEST_CALLS = 2;

/** Marks what every manifest names. */
export const markManifests: PhaseStep = async (run, cursor) => {
  let after = cursor;
  while (run.budget.allows(1 + PARALLEL * MANIFEST_CALLS)) {
    const page = await run.store.list(MANIFESTS, { limit: PAGE, ...(after === "" ? {} : { after }) });
    for (let i = 0; i < page.items.length; i += PARALLEL) {
      if (!run.budget.allows(PARALLEL * MANIFEST_CALLS)) return { done: false, cursor: after };
      const batch = page.items.slice(i, i + PARALLEL);
      await Promise.all(batch.map(async (item) => await markManifest(run, item)));
      after = batch.at(-1)?.key ?? after;
    }
    if (page.next === undefined) return DONE;
    after = page.next;
  }
  return { done: false, cursor: after };
};

async function markManifest(run: Run, item: ObjectHead): Promise<void> {
  const { repository, digest } = manifestPlace(item.key);
  run.marks.add(blobKey(digest));
  run.count("manifests");
  const object = await run.store.get(blobKey(digest));
  const bytes =
    object === undefined ? undefined : (object.bytes ?? (await readBounded(object.body, MAX_MANIFEST_BYTES)));
  const named = bytes === undefined ? undefined : namedBy(bytes);
  if (bytes === undefined || named === undefined) {
    run.count("unreadable");
    run.marks.add(unreadableMark(linkPlace(linkKey(digest, repository)).repository));
    return;
  }
  for (const each of named) {
    run.marks.add(linkKey(each.digest, repository));
    if (each.isManifest) run.marks.add(manifestKey(repository, each.digest));
  }
  const size = bytes.length + named.reduce((sum, each) => sum + each.size, 0);
  await noteSize(run, { repository, digest, size, bytes: bytes.length, modified: item.modified });
}

interface MarkedManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Bytes of the manifest and all that it names. */
  readonly size: number;
  /** Bytes of the manifest alone. */
  readonly bytes: number;
  readonly modified: number;
}

async function noteSize(run: Run, manifest: MarkedManifest): Promise<void> {
  const name = splitRepository(manifest.repository)?.project ?? manifest.repository;
  run.hold(name, manifest.bytes);
  const project = run.find(name);
  if (project?.kind !== "proxy" || project.cap === undefined) return;
  run.addAge(name, run.started - (await lastPulled(run, manifest)), manifest.size);
}

/** When a manifest was last asked for, as far as that is known. */
export async function lastPulled(
  run: Run,
  of: { readonly repository: RepositoryName; readonly digest: Digest; readonly modified: number },
): Promise<number> {
  const at = (await readJson(run.store, pulledKey(of.repository, of.digest)))?.value["at"];
  return typeof at === "number" ? at : of.modified;
}

interface NamedContent {
  readonly digest: Digest;
  readonly size: number;
  readonly isManifest: boolean;
}

/** Everything that a manifest of any type names, its subject aside. Undefined when it cannot be read. */
function namedBy(bytes: Uint8Array): readonly NamedContent[] | undefined {
  const document = parse(bytes);
  if (document === undefined) return undefined;
  const lists = ["layers", "blobs"].flatMap((name) => listOf(document[name]));
  const blobs = [...lists, ...listOf([document["config"] ?? null])].map((each) => ({ ...each, isManifest: false }));
  return [...blobs, ...listOf(document["manifests"]).map((each) => ({ ...each, isManifest: true }))];
}

function parse(bytes: Uint8Array): JsonObject | undefined {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function listOf(value: JsonValue | undefined): readonly { readonly digest: Digest; readonly size: number }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const descriptor = asObject(item);
    const text = descriptor?.["digest"];
    const digest = typeof text === "string" ? parseDigest(text) : undefined;
    const size = descriptor?.["size"];
    return digest === undefined ? [] : [{ digest, size: typeof size === "number" && size > 0 ? size : 0 }];
  });
}
