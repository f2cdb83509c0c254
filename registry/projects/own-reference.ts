import { isOciReference, parseOciReference } from "../../engine/oci/reference.ts";
import { splitRepository } from "./project.ts";

/** A repository of the registry: its project, and its name below it. */
export interface RegistryPlace {
  readonly project: string;
  readonly repository: string;
}

/** Something of this registry, as people name it. */
export interface OwnReference {
  readonly project: string;
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Reads `PROJECT/NAME`, with `:TAG` or `@DIGEST` or both, or the same behind `oci://HOST/` where the host is this registry's. Undefined for
 * everything else.
 */
export function parseOwnReference(text: string, isOwnHost: (host: string) => boolean): OwnReference | undefined {
  if (!isOciReference(text)) return parseBareReference(text);
  const { host, repository, tag, digest } = parseOciReference(text);
  const parts = splitRepository(repository);
  if (parts === undefined || !isOwnHost(host)) return undefined;
  return { project: parts.project, name: parts.path, ...versionOf(tag, digest) };
}

/** The repository that such a text names, for access. */
export function placeOfReference(text: string, isOwnHost: (host: string) => boolean): RegistryPlace | undefined {
  const named = parseOwnReference(text, isOwnHost);
  return named === undefined ? undefined : { project: named.project, repository: named.name };
}

const BARE =
  /^([a-z0-9][-a-z0-9._]*)\/([a-z0-9][-a-z0-9._/]*?)(?::([\w][\w.+-]{0,127}))?(?:@(sha(?:256|512):[0-9a-f]+))?$/;

/** The form without a host, as this registry's own answers write it. */
export function parseBareReference(text: string): OwnReference | undefined {
  const [, project, name, tag, digest] = BARE.exec(text) ?? [];
  if (project === undefined || name === undefined) return undefined;
  return { project, name, ...versionOf(tag, digest) };
}

function versionOf(tag: string | undefined, digest: string | undefined): Pick<OwnReference, "tag" | "digest"> {
  return { ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
