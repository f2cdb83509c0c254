import { EngineError } from "../errors.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { parseRepositoryName, parseTag, type RepositoryName, type Tag, versionToTag } from "./repository-name.ts";

/** Where a chart or artifact lies. With a digest only the digest counts; the tag is then what a person wrote. */
export interface OciReference {
  /** Host, with `:port` where one was given. */
  readonly host: string;
  readonly repository: RepositoryName;
  readonly tag?: Tag;
  readonly digest?: Digest;
}

/** The text is no reference. The message is oras-go's, which `helm` prints. */
export class ReferenceError extends EngineError<"invalid-reference"> {
  readonly code = "invalid-reference";
}

const SCHEME = "oci://";
const HOST = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,252}[a-zA-Z0-9])?)(?::[0-9]{1,5})?$/;

/** True for text that Helm takes as a reference into a registry. */
export function isOciReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Reads `oci://HOST/REPOSITORY[:TAG][@DIGEST]` (the scheme may be absent). `+` in the tag becomes `_`, as Helm maps it.
 * Throws {@link ReferenceError}.
 */
export function parseOciReference(text: string): OciReference {
  const bare = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text;
  const slash = bare.indexOf("/");
  if (slash <= 0 || slash === bare.length - 1) throw invalid("missing registry or repository");
  const host = bare.slice(0, slash);
  if (!HOST.test(host)) throw invalid(`invalid registry "${host}"`);
  const parts = splitPath(bare.slice(slash + 1));
  const repository = parseRepositoryName(parts.repository);
  if (repository === undefined) throw invalid(`invalid repository "${parts.repository}"`);
  const tag = parts.tag === undefined ? undefined : parseTag(versionToTag(parts.tag));
  if (parts.tag !== undefined && tag === undefined) throw invalid(`invalid tag "${parts.tag}"`);
  const digest = parts.digest === undefined ? undefined : parseDigest(parts.digest);
  if (parts.digest !== undefined && digest === undefined) throw invalid(`invalid digest "${parts.digest}"`);
  return { host, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The reference as text: with the digest when there is one, and the tag only without it. */
export function formatOciReference(reference: OciReference): string {
  const { host, repository, tag, digest } = reference;
  const suffix = digest === undefined ? (tag === undefined ? "" : `:${tag}`) : `@${digest}`;
  return `${SCHEME}${host}/${repository}${suffix}`;
}

interface PathParts {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

function splitPath(path: string): PathParts {
  const at = path.lastIndexOf("@");
  const digest = at < 0 ? undefined : path.slice(at + 1);
  const named = at < 0 ? path : path.slice(0, at);
  const colon = named.lastIndexOf(":");
  const tagged = colon >= 0 && !named.includes("/", colon);
  return {
    repository: tagged ? named.slice(0, colon) : named,
    ...(tagged ? { tag: named.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

function invalid(message: string): ReferenceError {
  return new ReferenceError(`invalid reference: ${message}`);
}
