import { OciError } from "../../engine/oci/error.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import type { ObjectStore } from "../content/object-store.ts";
import { createHostedSource } from "./hosted.ts";
import { type FindProject, type HostedProject, type ProxyProject, splitRepository } from "./project.ts";
import type { RepositorySource } from "./source.ts";

/** A repository as it is stored, and how to read it. */
export interface LocatedRepository {
  readonly project: HostedProject | ProxyProject;
  readonly repository: RepositoryName;
  readonly source: RepositorySource;
}

/** The configured projects. */
export interface Projects {
  readonly find: FindProject;
  /** Where a repository is read; groups are followed to the member that answers. Throws OciError `NAME_UNKNOWN`. */
  readonly locate: (repository: RepositoryName, signal?: AbortSignal) => Promise<LocatedRepository>;
  /** Where a repository is pushed to. Throws OciError `NAME_UNKNOWN`, or `DENIED` for projects that take no push. */
  readonly locateHosted: (repository: RepositoryName) => HostedProject;
}

/** What projects are made of. */
export interface ProjectsDeps {
  readonly store: ObjectStore;
  readonly find: FindProject;
}

/** Resolves repository names to sources. */
export function createProjects(deps: ProjectsDeps): Projects {
  const hosted = createHostedSource(deps.store);
  const projectOf = (repository: RepositoryName): ReturnType<FindProject> => {
    const parts = splitRepository(repository);
    return parts === undefined ? undefined : deps.find(parts.project);
  };
  return {
    find: deps.find,
    locate: async (repository) => {
      const project = projectOf(repository);
      if (project === undefined || project.kind !== "hosted") throw new OciError("NAME_UNKNOWN");
      return { project, repository, source: hosted };
    },
    locateHosted: (repository) => {
      const project = projectOf(repository);
      if (project === undefined) throw new OciError("NAME_UNKNOWN");
      if (project.kind !== "hosted") throw new OciError("DENIED", { message: "this project takes no pushes" });
      return project;
    },
  };
}
