import type { Charts } from "./charts.ts";

/** A page of names, as stores and projects give them. */
interface NamePage<Name extends string> {
  readonly names: readonly Name[];
  readonly next?: Name;
}

interface Paging<Name extends string> {
  readonly after?: Name;
  readonly limit: number;
}

/** Names that are looked at for one page of readable ones. */
const MAX_LOOKED = 50_000;

/** A page of those names that `isReadable` holds for; `next` is one of them, so that no page tells of another. */
export async function readableNames<Name extends string>(
  list: (paging: Paging<Name>) => Promise<NamePage<Name>>,
  isReadable: (name: Name) => boolean,
  { after, limit }: Paging<Name>,
): Promise<NamePage<Name>> {
  const names: Name[] = [];
  let looked = 0;
  for (let behind = after; ;) {
    const page = await list({ limit: MAX_LOOKED - looked, ...(behind === undefined ? {} : { after: behind }) });
    for (const name of page.names.filter(isReadable)) {
      const last = names.at(-1);
      if (names.length >= limit) return last === undefined ? { names } : { names, next: last };
      names.push(name);
    }
    behind = page.next;
    looked += Math.max(1, page.names.length);
    if (behind === undefined || looked >= MAX_LOOKED) return { names };
  }
}

/** Charts of which lists show the readable names alone. */
export function readableOnly(charts: Charts, isReadable: (name: string) => boolean): Charts {
  return {
    ...charts,
    listCharts: async (project, paging, signal) =>
      await readableNames(async (wanted) => await charts.listCharts(project, wanted, signal), isReadable, paging),
  };
}
