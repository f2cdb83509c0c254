import { digestHex, digestOfSmall } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import type { Epoch } from "../upstream/given.ts";
import type { RepositorySource } from "./source.ts";

/** Repositories of a project that are looked at for what it holds. */
const MAX_REPOSITORIES = 50_000;
const PAGE = 1000;
/** Things that are asked at the same time. */
const PARALLEL = 8;

/** What holds as long as all of them do; undefined where one of them cannot be told. */
export function composeEpochs(epochs: readonly (Epoch | undefined)[]): Epoch | undefined {
  const known = epochs.filter((epoch) => epoch !== undefined);
  if (known.length < epochs.length) return undefined;
  const keys = known.map(({ key }) => key);
  return { key: shortened(keys), stale: known.some(({ stale }) => stale === true) };
}

const encoder = new TextEncoder();

function shortened(keys: readonly string[]): string {
  return digestHex(digestOfSmall(encoder.encode(JSON.stringify(keys))));
}

/** All repositories of a project, by name. */
export async function allRepositories(
  source: Pick<RepositorySource, "repositories">,
  project: string,
  signal: AbortSignal | undefined,
): Promise<readonly RepositoryName[]> {
  const names: RepositoryName[] = [];
  let after: RepositoryName | undefined;
  do {
    const page = await source.repositories(project, { limit: PAGE, ...(after && { after }) }, signal);
    names.push(...page.names);
    after = page.next;
  } while (after !== undefined && names.length < MAX_REPOSITORIES);
  return names;
}

/** What `ask` gives for each, a few at a time. */
export async function inTurns<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let from = 0; from < items.length; from += PARALLEL) {
    answers.push(...(await Promise.all(items.slice(from, from + PARALLEL).map(ask))));
  }
  return answers;
}
