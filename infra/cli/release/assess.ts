import {
  type AssessmentPage,
  mergeParts,
  type ReleaseAssessment,
  type Unread,
} from "../../../engine/assess/finding.ts";
import { assessReleases } from "../../../engine/assess/page.ts";
import { printAssessment } from "../../../engine/assess/print.ts";
import { outputText } from "../../../engine/report/output.ts";
import { print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { asking, type CommandCluster, withCluster } from "./cluster.ts";
import { hasColors, OUTPUT_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";

/** Requests of a page: nothing else limits this process, but a page is what memory holds of objects. */
const REQUESTS = 5000;
const LIMIT = 500;
/** 50,000 releases. */
const MAX_PAGES = 100;
const WIDTH = 120;
const NARROWEST = 60;

/** `slipway assess`: what moving the releases to Slipway and to server-side apply would meet. Writes nothing. */
export const assessCommand: ReleaseCommand = {
  use: "assess [RELEASE]",
  arguments: { most: 1 },
  flags: [
    ...GLOBAL_FLAGS,
    OUTPUT_FLAG,
    { name: "all-namespaces", short: "A", kind: "bool", about: "assess the releases of all namespaces" },
  ],
  run: (flags, io) =>
    withCluster(flags, io, async (cluster) => {
      const { items, unread } = await readAll(flags, cluster);
      const style = { width: widthOf(io), color: hasColors(flags, io) };
      const table = (): string => printAssessment({ items, unread }, style);
      const json = (): string => JSON.stringify({ items, unread }, undefined, 2);
      print(io, outputText({ table, json }, viewOf(flags, io).format));
    }),
};

async function readAll(flags: ParsedFlags, cluster: CommandCluster): Promise<Pick<AssessmentPage, "items" | "unread">> {
  const namespace = flags.isOn("all-namespaces") ? "" : cluster.namespace;
  const query = { namespace, name: flags.args[0] ?? "", limit: LIMIT, requests: REQUESTS };
  const items: ReleaseAssessment[] = [];
  const unread = new Map<string, Unread>();
  let after: string | undefined;
  for (let i = 0; i < MAX_PAGES; i++) {
    const page = await asking(cluster, () =>
      assessReleases(cluster.reads, { ...query, ...(after === undefined ? {} : { after }) }),
    );
    items.push(...page.items);
    for (const one of page.unread) unread.set(one.what, one);
    after = page.next;
    if (after === undefined) return { items: mergeParts(items), unread: [...unread.values()] };
  }
  unread.set("releases", { what: "releases", why: `there are more than ${MAX_PAGES} pages: assess single namespaces` });
  return { items: mergeParts(items), unread: [...unread.values()] };
}

/** The terminal's columns, as far as the environment tells. */
function widthOf(io: ReleaseIo): number {
  const columns = io.columns ?? Number(io.environment("COLUMNS") ?? "");
  return Number.isInteger(columns) && columns > 0 ? Math.max(NARROWEST, columns) : WIDTH;
}
