import type { JsonValue } from "../../engine/errors.ts";
import { isJsonObject, listAt, objectAt, stringAt } from "../http/json.ts";

/** A push to a git repository. */
export interface GitPush {
  readonly repository: string;
  /** `refs/heads/main`. */
  readonly ref: string;
  readonly commit: string;
  readonly deleted: boolean;
  /** Paths that the push changed, as far as it tells. */
  readonly paths: readonly string[];
}

/** A push to a registry. `repository` has no host. */
export interface RegistryPush {
  readonly id: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Commits and paths that a payload may tell: GitHub sends 2048 commits at most. */
const MAX_COMMITS = 2048;
const MAX_PATHS = 20_000;
const MAX_EVENTS = 1000;

/** GitHub's push payload (Gitea's and Forgejo's too); undefined when it is none. */
export function readGitPush(payload: JsonValue): GitPush | undefined {
  if (!isJsonObject(payload)) return undefined;
  const ref = stringAt(payload, "ref");
  const repository = stringAt(objectAt(payload, "repository") ?? {}, "full_name");
  if (ref === undefined || repository === undefined) return undefined;
  const paths = new Set<string>();
  for (const commit of listAt(payload, "commits").slice(0, MAX_COMMITS)) {
    if (!isJsonObject(commit)) continue;
    for (const member of ["added", "modified", "removed"]) {
      for (const path of listAt(commit, member)) {
        if (typeof path === "string" && paths.size < MAX_PATHS) paths.add(path);
      }
    }
  }
  return {
    repository,
    ref,
    commit: stringAt(payload, "after") ?? "",
    deleted: payload["deleted"] === true,
    paths: [...paths],
  };
}

/** The pushes in a notification of the distribution format, which zot and this server's own events share. */
export function readRegistryPushes(payload: JsonValue): readonly RegistryPush[] {
  if (!isJsonObject(payload)) return [];
  return listAt(payload, "events")
    .slice(0, MAX_EVENTS)
    .flatMap((event) => {
      if (!isJsonObject(event) || event["action"] !== "push") return [];
      const target = objectAt(event, "target") ?? {};
      const repository = stringAt(target, "repository");
      const tag = stringAt(target, "tag");
      const digest = stringAt(target, "digest");
      if (repository === undefined || tag === undefined || digest === undefined) return [];
      return [{ id: stringAt(event, "id") ?? `${repository}:${tag}@${digest}`, repository, tag, digest }];
    });
}
