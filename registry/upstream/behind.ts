import type { RepositoryName } from "../../engine/oci/repository-name.ts";

/** What is still stored of repositories whose answers have gone. Whoever reads a repository from the store waits for it. */
export interface Behind {
  readonly add: (repository: RepositoryName, work: Promise<unknown>) => void;
  /** Settles when all that was begun for the repository, or for any, is stored or could not be. */
  readonly settled: (repository?: RepositoryName) => Promise<void>;
}

/** Nothing is behind yet. */
export function createBehind(): Behind {
  const running = new Map<RepositoryName, Set<Promise<void>>>();
  return {
    add: (repository, work) => {
      const own = running.get(repository) ?? new Set();
      running.set(repository, own);
      const settled = work.then(ignore, ignore).then(() => {
        own.delete(settled);
        if (own.size === 0 && running.get(repository) === own) running.delete(repository);
      });
      own.add(settled);
    },
    settled: async (repository) => {
      if (running.size === 0) return;
      const wanted = repository === undefined ? [...running.values()] : [running.get(repository) ?? []];
      await Promise.all(wanted.flatMap((some) => [...some]));
    },
  };
}

function ignore(): void {
  // Whoever began it tells.
}
