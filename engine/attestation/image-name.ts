import { type Digest, digestAlgorithm, parseDigest } from "../oci/digest.ts";

/** An image as a pod spec names it, taken apart as container runtimes do it. */
export interface ImageName {
  /** As it was written. */
  readonly text: string;
  /** `HOST/PATH`, with Docker Hub's host and `library/` where the text leaves them out. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const MAX_LENGTH = 1024;
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** The image that a text names; undefined for a text that no runtime would pull. */
export function parseImageName(text: string): ImageName | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const isTagged = colon > named.lastIndexOf("/");
  const tag = isTagged ? named.slice(colon + 1) : undefined;
  const { host, path } = splitHost(isTagged ? named.slice(0, colon) : named);
  const isSound = PATH.test(path) && (tag === undefined || TAG.test(tag)) && (at < 0 || digest !== undefined);
  if (!isSound) return undefined;
  return {
    text,
    repository: `${host}/${path}`,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The first element is a host when it could be none of Docker Hub's (distribution/reference, `splitDockerDomain`). */
function splitHost(name: string): { readonly host: string; readonly path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = isHost ? first : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  if (host !== "docker.io" && host !== "index.docker.io") return { host, path };
  return { host: "docker.io", path: path.includes("/") ? path : `library/${path}` };
}

/** The package URL of an image or chart in a registry (purl, type `oci`): its version is the digest, where it is known. */
export function ociPurl({ repository, tag, digest }: Omit<ImageName, "text">): string {
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  const version = digest === undefined ? "" : `@${encodeURIComponent(digest)}`;
  const place = `repository_url=${encodeURIComponent(repository).replaceAll("%2F", "/")}`;
  return `pkg:oci/${name}${version}?${place}${tag === undefined ? "" : `&tag=${encodeURIComponent(tag)}`}`;
}

/** The hex of a SHA-256 digest; undefined for others. */
export function sha256Hex(digest: Digest | undefined): string | undefined {
  return digest !== undefined && digestAlgorithm(digest) === "sha256" ? digest.slice("sha256:".length) : undefined;
}
