import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import type { PrefetchRule } from "./prefetch.ts";
import type { PullPolicy } from "./pull-policy.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** A project that takes pushes. */
export interface HostedProject {
  readonly kind: "hosted";
  readonly name: string;
  /** A tag that exists is never pointed elsewhere. */
  readonly immutableTags?: boolean;
  /** An image may name blobs that are not here, as a partial copy does. An index always may. */
  readonly sparseImages?: boolean;
  /** Bytes that its repositories may hold. A full one refuses pushes and still answers pulls. */
  readonly quota?: number;
  /** Which tags collection removes; absent: none. */
  readonly retention?: readonly RetentionRule[];
}

/** What is kept of the tags that a rule speaks of; what no rule keeps is removed, with its manifest where nothing else names it. */
export interface RetentionRule {
  /** Repository names below the project; `*` stands for any characters. Absent: all. */
  readonly repositories?: string;
  /** Tags, likewise. */
  readonly tags?: string;
  /** The newest versions, by precedence. */
  readonly keepLast?: number;
  /** Tags that were pushed within so many milliseconds. */
  readonly keepNewer?: number;
}

/** A project that shows one upstream as ours. */
export interface ProxyProject {
  readonly kind: "proxy";
  readonly name: string;
  readonly upstream: Upstream;
  /** Bytes of pulled content that collection leaves; what was not asked for longest goes first. Absent: everything stays. */
  readonly cap?: number;
  /** What is pulled before anybody asks. */
  readonly prefetch?: readonly PrefetchRule[];
  /** What may be pulled; absent: everything. */
  readonly policy?: PullPolicy;
}

/**
 * An ordered list of projects under one name. The first member that holds or reserves (`own`) a repository name owns all its
 * versions; later members are invisible for it, unless `merge` lists the name.
 */
export interface GroupProject {
  readonly kind: "group";
  readonly name: string;
  readonly members: readonly GroupMember[];
  readonly merge?: readonly string[];
}

/** A member of a group. */
export interface GroupMember {
  readonly project: string;
  /** Repository names (below the project) that only this member and earlier ones may answer; `*` stands for any characters. */
  readonly own?: readonly string[];
}

/** Where repositories live: the first segment of a repository's name is its project's name. */
export type Project = HostedProject | ProxyProject | GroupProject;

/** The project of that name; undefined when nobody configured it. */
export type FindProject = (name: string) => Project | undefined;

/** A repository name taken apart: `charts/team/web` is `team/web` in `charts`. Undefined without a `/`. */
export function splitRepository(
  repository: RepositoryName,
): { readonly project: string; readonly path: string } | undefined {
  const slash = repository.indexOf("/");
  return slash < 0 ? undefined : { project: repository.slice(0, slash), path: repository.slice(slash + 1) };
}
