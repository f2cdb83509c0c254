import type { Digest } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";

/** A manifest that was answered and could not be stored afterwards: the next one who asks for it costs a fetch. */
export interface Unstored {
  readonly project: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly error: unknown;
}

/** Told of every manifest that is unstored, for the log: nobody else hears of it. Must not throw. */
export type TellUnstored = (unstored: Unstored) => void;

/** What is still stored of repositories whose answers have gone. Whoever reads a repository from the store waits for it. */
export interface Behind {
  readonly add: (answered: Omit<Unstored, "project" | "error">, work: Promise<unknown>) => void;
  /** Settles when all that was begun for the repository, or for any, is stored or could not be. */
  readonly settled: (repository?: RepositoryName) => Promise<void>;
}

/** Nothing of a project is behind yet. */
export function createBehind(project: string, tell: TellUnstored): Behind {
  const running = new Map<RepositoryName, Set<Promise<void>>>();
  return {
    add: ({ repository, digest }, work) => {
      const own = running.get(repository) ?? new Set();
      running.set(repository, own);
      const settled = work
        .then(
          () => undefined,
          (error: unknown) => tell({ project, repository, digest, error }),
        )
        .then(() => {
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
