import {
  checkRequirement,
  type Requirement,
  requirementName,
  type SignatureSource,
  type SignedSubject,
} from "../../engine/attestation/index.ts";
import { chartParts } from "../../engine/oci/chart-artifact.ts";
import { asObject, type Descriptor } from "../../engine/oci/descriptor.ts";
import { parseDigest } from "../../engine/oci/digest.ts";
import { OciError } from "../../engine/oci/error.ts";
import { parseManifest } from "../../engine/oci/manifest.ts";
import { parseTag, type RepositoryName } from "../../engine/oci/repository-name.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { listAllReferrers, uniteReferrers } from "../content/referrers.ts";
import type { UpstreamDeps } from "../upstream/context.ts";
import { createUpstreamReferrers, type UpstreamReferrers } from "../upstream/upstream-referrers.ts";
import { readBlob } from "./read-blob.ts";
import { matchesPattern } from "./pattern.ts";
import { splitRepository } from "./project.ts";
import type { LocatedRepository } from "./projects.ts";
import { contentKind, isPlainChart, titledArchive } from "./signed-content.ts";

/** What must be signed, and how: every requirement of every rule that speaks of a repository has to be met. */
export interface SignatureRule {
  /** Names of projects, of a group or of its members; `*` stands for any characters. */
  readonly projects: readonly string[];
  /** Repositories below the project, likewise. Absent: all. */
  readonly repositories?: readonly string[];
  readonly require: readonly Requirement[];
}

/** Decides whether a manifest may be pulled. */
export interface SignatureGate {
  /** Passes for a manifest that is signed as its project wants it. Throws OciError `SIGNATURE_REQUIRED`, and what the source throws. */
  readonly assertSigned: (pull: SignedPull) => Promise<void>;
}

/** A manifest that is on its way to somebody. */
export interface SignedPull {
  /** The name by which it was asked for: rules of a group and of its member count both. */
  readonly asked: RepositoryName;
  readonly at: LocatedRepository;
  readonly head: ManifestHead;
  readonly signal?: AbortSignal | undefined;
}

/** What the gate decides with. */
export interface SigningDeps extends Pick<UpstreamDeps, "egress" | "now" | "together"> {
  readonly store: ObjectStore;
  readonly rules: readonly SignatureRule[];
}

/** Decisions that are kept in memory, and for how long one is believed. */
const MAX_KEPT = 10_000;
const KEEP_MS = 600_000;

/** The gate of a registry; undefined where nothing has to be signed. */
export function createSignatureGate(deps: SigningDeps): SignatureGate | undefined {
  if (deps.rules.length === 0) return undefined;
  const kept = new Map<string, number>();
  const referrers = createReferrerLists(deps);
  return {
    assertSigned: async (asked) => {
      const pull = await ownedPull(asked);
      const rules = rulesFor(deps.rules, pull);
      if (rules.length === 0) return;
      const key = `${pull.asked} ${pull.at.repository}@${pull.head.digest}`;
      if ((kept.get(key) ?? 0) > deps.now()) return;
      kept.delete(key);
      const until = await decide(deps, rules, pull, referrers(pull));
      const [oldest] = kept.keys();
      if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(key, until);
    },
  };
}

/** Of a merged group the member that has the manifest: its rules count, and its signatures. */
async function ownedPull(pull: SignedPull): Promise<SignedPull> {
  const { at, head, signal } = pull;
  for (const member of at.merged ?? []) {
    const found = await member.source.manifest(member.repository, { kind: "digest", digest: head.digest }, signal);
    if (found !== undefined) return { ...pull, at: member };
  }
  return pull;
}

function rulesFor(rules: readonly SignatureRule[], { asked, at }: SignedPull): readonly SignatureRule[] {
  return rules.filter((rule) => [asked, at.repository].some((name) => speaksOf(rule, name)));
}

function speaksOf({ projects, repositories }: SignatureRule, name: RepositoryName): boolean {
  const parts = splitRepository(name);
  return (
    parts !== undefined &&
    matchesOne(projects, parts.project) &&
    (repositories === undefined || matchesOne(repositories, parts.path))
  );
}

function matchesOne(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, text));
}

/** Until when the manifest counts as signed, in milliseconds since 1970. Throws OciError `SIGNATURE_REQUIRED`. */
async function decide(
  deps: SigningDeps,
  rules: readonly SignatureRule[],
  pull: SignedPull,
  referrers: ReferrerList,
): Promise<number> {
  const now = deps.now();
  const subject = await subjectOf(pull);
  if (subject === undefined) return now + KEEP_MS;
  const source = signatureSource(pull, referrers.list);
  const missing: { readonly requirement: string; readonly reason: string }[] = [];
  let until = now + KEEP_MS;
  for (const requirement of rules.flatMap((rule) => rule.require)) {
    const result = await checkRequirement(requirement, subject, source, now);
    if (!result.met) missing.push({ requirement: requirementName(requirement), reason: result.reason });
    else until = Math.min(until, result.until ?? until);
  }
  if (missing.length > 0) throw unsigned(pull, missing, referrers.isIncomplete());
  return until;
}

function unsigned(
  { asked, head: { digest } }: SignedPull,
  missing: readonly { readonly requirement: string; readonly reason: string }[],
  incomplete: boolean,
): OciError {
  const list = missing.map(({ requirement, reason }) => `${requirement} (${reason})`).join(" and ");
  const late = incomplete
    ? "; the upstream gave no list of signatures, so only those that are here were looked at"
    : "";
  return new OciError("SIGNATURE_REQUIRED", {
    message: `${asked}@${digest} may not be pulled: missing ${list}${late}`,
    detail: { repository: asked, digest, missing },
  });
}

/** What of a manifest must be signed; undefined for one that needs no signature. */
async function subjectOf({ at, head, signal }: SignedPull): Promise<SignedSubject | undefined> {
  const bytes = await at.source.manifestBytes(at.repository, head, signal);
  if (bytes === undefined) throw new OciError("MANIFEST_UNKNOWN");
  const manifest = parseManifest(bytes, head.mediaType);
  if (manifest.kind !== "image" || contentKind(manifest) === "free") return undefined;
  const { digest } = head;
  const parts = chartParts(manifest);
  if (parts === undefined) return { digest, ...titledArchive(manifest) };
  if (!isPlainChart(manifest)) return { digest };
  const names = await archiveNames(at, parts.config, signal);
  const archive = { names, digest: parts.archive.digest };
  return parts.provenance === undefined ? { digest, archive } : { digest, archive, provenance: parts.provenance };
}

const MAX_CONFIG = 1024 * 1024;

/** `NAME-VERSION.tgz`, as `helm package` names an archive. */
async function archiveNames(
  at: LocatedRepository,
  config: Descriptor,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const bytes = config.size > MAX_CONFIG ? undefined : await readBlob(at, config.digest, MAX_CONFIG, signal);
  const { name, version } = (bytes === undefined ? undefined : parseObject(bytes)) ?? {};
  return typeof name === "string" && typeof version === "string" ? [`${name}-${version}.tgz`] : [];
}

function parseObject(bytes: Uint8Array): ReturnType<typeof asObject> {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function signatureSource({ at, signal }: SignedPull, list: SignatureSource["referrers"]): SignatureSource {
  const { source, repository } = at;
  return {
    referrers: list,
    manifest: async (reference) => {
      const digest = parseDigest(reference);
      const tag = parseTag(reference);
      if (digest === undefined && tag === undefined) return undefined;
      const wanted = digest === undefined ? undefined : ({ kind: "digest", digest } as const);
      const named = tag === undefined ? undefined : ({ kind: "tag", tag } as const);
      const which = wanted ?? named;
      const head = which === undefined ? undefined : await source.manifest(repository, which, signal);
      const bytes = head === undefined ? undefined : await source.manifestBytes(repository, head, signal);
      if (head === undefined || bytes === undefined) return undefined;
      return { digest: head.digest, manifest: parseManifest(bytes, head.mediaType) };
    },
    blob: async ({ digest, size }, limit) => (size > limit ? undefined : await readBlob(at, digest, limit, signal)),
  };
}

interface ReferrerList {
  readonly list: SignatureSource["referrers"];
  /** The upstream was asked, and gave no list. */
  readonly isIncomplete: () => boolean;
}

/** What is stored beside a manifest, and for a proxied registry what the upstream lists beside it. */
function createReferrerLists(deps: SigningDeps): (pull: SignedPull) => ReferrerList {
  const upstreams = new Map<string, UpstreamReferrers>();
  return ({ at: { project, repository } }) => {
    let incomplete = false;
    return {
      isIncomplete: () => incomplete,
      list: async (subject) => {
        const stored = await listAllReferrers(deps.store, repository, subject);
        if (project.kind !== "proxy" || project.upstream.kind !== "oci") return stored;
        const known = upstreams.get(project.name) ?? createUpstreamReferrers(deps, project.name, project.upstream);
        upstreams.set(project.name, known);
        const listed = await known(repository, subject);
        incomplete = listed === undefined;
        return uniteReferrers([stored, listed ?? []]);
      },
    };
  };
}
