import { quote } from "../go/quote.ts";
import { TransferError } from "../oci/transfer-error.ts";
import {
  checkConstraint,
  compareVersions,
  formatVersion,
  parseConstraint,
  parseVersion,
  SemverError,
} from "../semver/index.ts";
import type { Version } from "../semver/index.ts";
import { tryVersion } from "./repository-index.ts";

/** A reference as Helm takes it apart; absent parts are empty. `+` in the tag is `_`. */
export interface RawReference {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Reads `HOST/REPOSITORY[:TAG][@DIGEST]`. Throws {@link TransferError} with oras-go's text. */
export function parseReference(text: string): RawReference {
  const at = text.lastIndexOf("@");
  const digest = at < 0 ? "" : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf("/");
  if (slash < 0) throw new TransferError("refused", "invalid reference: missing registry or repository");
  const host = named.slice(0, slash);
  const colon = named.lastIndexOf(":");
  const isTagged = colon > named.lastIndexOf("/");
  const repository = named.slice(slash + 1, isTagged ? colon : undefined);
  const tag = isTagged ? named.slice(colon + 1).replaceAll("+", "_") : "";
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(repository)) {
    throw new TransferError("refused", `invalid reference: invalid repository ${quote(repository)}`);
  }
  if (tag !== "" && !/^[\w][\w.-]{0,127}$/.test(tag)) {
    throw new TransferError("refused", `invalid reference: invalid tag ${quote(tag)}`);
  }
  return { host, repository, tag, digest };
}

/** A reference as Helm shows it. */
export function shownReference({ host, repository, tag, digest }: RawReference): string {
  return tag === "" ? `${host}/${repository}@${digest}` : `${host}/${repository}:${tag}`;
}

/** The versions that tags stand for, strict ones alone, newest first. */
export function chartVersions(tags: readonly string[]): readonly string[] {
  return tags
    .map((tag) => strictVersion(tag.replaceAll("_", "+")))
    .filter((version) => version !== undefined)
    .sort((a, b) => compareVersions(b, a))
    .map(formatVersion);
}

function strictVersion(text: string): Version | undefined {
  try {
    return parseVersion(text, { strict: true });
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}

/** The first of some versions, newest first, that a wish allows. Throws {@link TransferError}. */
export function matchingVersion(versions: readonly string[], wanted: string): string {
  if (wanted !== "" && versions.includes(wanted)) return wanted;
  try {
    const constraint = parseConstraint(wanted === "" ? "*" : wanted);
    const found = versions.find((version) => {
      const known = tryVersion(version);
      return known !== undefined && checkConstraint(constraint, known);
    });
    if (found !== undefined) return found;
  } catch (cause) {
    if (!(cause instanceof SemverError)) throw cause;
    throw new TransferError("refused", cause.message, { cause });
  }
  throw new TransferError("not-found", `could not locate a version matching provided version string ${wanted}`);
}

const UNDERSCORES = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`;

/** What Helm prints of a chart that went through a registry. `shown` is `HOST/REPOSITORY:TAG`. */
export function transferText(verb: "Pulled" | "Pushed", shown: string, digest: string): string {
  const note = shown.includes("_") ? `${shown} contains an underscore.\n${UNDERSCORES}` : "";
  return `${verb}: ${shown}\nDigest: ${digest}\n${note}`;
}
