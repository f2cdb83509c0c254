import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName, Tag } from "../../engine/oci/repository-name.ts";
import { assertInTime } from "../content/condemned.ts";
import { tagKey } from "../content/keys.ts";
import { type NewManifest, statManifest } from "../content/manifests.ts";
import { endEpoch } from "../content/repositories.ts";
import { readTag, writeTag } from "../content/tags.ts";
import { type HostedProject, splitRepository } from "../projects/project.ts";
import type { HttpDeps } from "./context.ts";

/** A tag that shall point at a manifest which is stored. */
export interface TagPush {
  readonly project: HostedProject;
  readonly name: RepositoryName;
  readonly tag: Tag;
  readonly item: NewManifest;
  readonly actor: string;
  /** The manifest is kept from collection until then. */
  readonly until: number;
}

/** Points the tag at the manifest and tells the listener. Throws OciError `DENIED` for a tag that may not move. */
export async function pushTag(deps: HttpDeps, push: TagPush): Promise<void> {
  const { project, name, tag, item } = push;
  assertInTime(deps.now(), push.until);
  const target = { digest: item.digest, mediaType: item.manifest.mediaType, size: item.bytes.length };
  try {
    if (project.immutableTags === true) await writeImmutable(deps, push, target);
    else await writeTag(deps.store, name, tag, target);
    await assertStillThere(deps, push);
  } finally {
    await changedTag(deps, project.name, name);
  }
  notify(deps, push);
}

/** A manifest that was deleted while its tag was pushed takes the tag with it. */
async function assertStillThere({ store }: HttpDeps, { name, tag, item }: TagPush): Promise<void> {
  if ((await statManifest(store, name, item.digest)) !== undefined) return;
  const written = await readTag(store, name, tag);
  if (written?.digest === item.digest) await store.delete(tagKey(name, tag), written.etag);
  throw new OciError("MANIFEST_UNKNOWN", { message: `the manifest was deleted while tag ${tag} was pushed` });
}

async function writeImmutable(
  deps: HttpDeps,
  { name, tag }: TagPush,
  target: Parameters<typeof writeTag>[3],
): Promise<void> {
  if (await writeTag(deps.store, name, tag, target, { kind: "absent" })) return;
  const current = await readTag(deps.store, name, tag);
  if (current?.digest === target.digest) return;
  throw new OciError("DENIED", { message: `tag ${tag} is immutable`, detail: { tag } });
}

/** Makes everything that was built from the repository's tags stale. */
export async function changedTag(deps: HttpDeps, project: string, repository: RepositoryName): Promise<void> {
  await endEpoch(deps.store, project, repository);
}

function notify(deps: HttpDeps, { project, name, tag, item, actor }: TagPush): void {
  if (deps.onPush === undefined) return;
  const event = {
    project: project.name,
    name: splitRepository(name)?.path ?? "",
    tag,
    digest: item.digest,
    mediaType: item.manifest.mediaType,
    actor,
  };
  deps.defer(deps.onPush(event).catch(deps.report));
}
