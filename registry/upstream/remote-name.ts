import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import type { ProxyContext } from "./context.ts";
import type { OciUpstream } from "./upstream.ts";

/** The repository's name at the upstream: the part below the project, behind the configured prefix. */
export function remoteName(context: ProxyContext<OciUpstream>, repository: RepositoryName): string {
  return (context.upstream.prefix ?? "") + repository.slice(context.project.length + 1);
}

/** A repository's name as one segment of a key. */
export function flatName(repository: RepositoryName): string {
  return repository.replaceAll("/", "!");
}
