declare const nameBrand: unique symbol;
/** A repository's name in OCI's grammar, e.g. `charts/team/web`; made only by {@link parseRepositoryName}. */
export type RepositoryName = string & { readonly [nameBrand]: true };

declare const tagBrand: unique symbol;
/** A tag in OCI's grammar; made only by {@link parseTag}. */
export type Tag = string & { readonly [tagBrand]: true };

/** Hosts and names share 255 bytes in common clients (distribution-spec, "Pulling manifests"). */
const MAX_NAME = 255;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** The repository name that `text` is, or undefined. */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  return isName(text) ? text : undefined;
}

/** The tag that `text` is, or undefined. */
export function parseTag(text: string): Tag | undefined {
  return isTag(text) ? text : undefined;
}

function isName(text: string): text is RepositoryName {
  return text.length <= MAX_NAME && NAME.test(text);
}

function isTag(text: string): text is Tag {
  return TAG.test(text);
}

/** The tag of a chart version: `+` is no tag character, Helm writes `_`. */
export function versionToTag(version: string): string {
  return version.replaceAll("+", "_");
}

/** The chart version that a tag stands for. */
export function tagToVersion(tag: string): string {
  return tag.replaceAll("_", "+");
}
