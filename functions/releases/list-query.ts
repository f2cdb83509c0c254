import * as z from "zod";
import type { ReleaseCursor } from "../../engine/action/index.ts";
import type { ListQuery } from "../../engine/action/read.ts";
import { compileRegexp, type Regexp } from "../../engine/go/regexp.ts";
import { GoFailure } from "../../engine/go/value.ts";
import { parseLabelQuery } from "../../engine/kube/label-query.ts";
import type { ReleaseStatus } from "../../engine/release/release.ts";
import { isStatus, parseStatus } from "../../engine/release/status.ts";
import { flagOr } from "../http/flag.ts";
import { MAX_PAGE_SIZE, PAGE_SIZE } from "../http/limits.ts";
import { toBytes } from "../http/digest.ts";
import { ProblemError } from "../http/problem.ts";
import type { SecretBox } from "../http/secret-box.ts";

/** Half a second of matching: names are short, patterns linear. */
const MAX_FILTER_UNITS = 500_000;

/** What a list is asked for, by the names of `helm list`'s flags. */
export interface ListRequest {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly namespace?: string | undefined;
  readonly status?: string | undefined;
  readonly deployed: boolean;
  readonly failed: boolean;
  readonly pending: boolean;
  readonly superseded: boolean;
  readonly uninstalled: boolean;
  readonly uninstalling: boolean;
  readonly filter?: string | undefined;
  readonly selector?: string | undefined;
  readonly date: boolean;
  readonly reverse: boolean;
  readonly max?: number | undefined;
  readonly offset?: number | undefined;
}

const flag = flagOr("false");

/** Its query. */
export const listQuery: z.ZodType<ListRequest> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
  after: z.string().max(4096).describe("The `next` of the answer before").optional(),
  namespace: z.string().max(63).describe("Absent: all").optional(),
  status: z
    .string()
    .max(256)
    .refine((text) => words(text).every(isStatus), { message: "must be words of helm's for a status, comma-separated" })
    .describe("Helm's words, comma-separated; absent: all")
    .optional(),
  deployed: flag,
  failed: flag,
  pending: flag,
  superseded: flag,
  uninstalled: flag,
  uninstalling: flag,
  filter: z.string().max(256).describe("A regular expression (RE2) that the name matches somewhere").optional(),
  selector: z.string().max(1024).describe("A label query, e.g. team=x,env!=prod").optional(),
  date: flag.describe("Ordered by date instead of by namespace and name"),
  reverse: flag,
  max: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).describe("At most so many, without further pages").optional(),
  offset: z.coerce.number().int().min(0).max(1_000_000).describe("So many are left out at the front").optional(),
});

/** True where the answer is a window of an order of its own instead of a page. */
export function isWindow({ date, reverse, max, offset }: ListRequest): boolean {
  return date || reverse || max !== undefined || offset !== undefined;
}

/** What is listed. Throws `invalid-request`. */
export function toFilters(request: ListRequest): Pick<ListQuery, "namespace" | "states" | "labels" | "matches"> {
  const { namespace = "", filter = "", selector = "" } = request;
  const states = statesOf(request);
  return {
    namespace,
    ...(states.length === 0 ? {} : { states }),
    ...(selector === "" ? {} : { labels: checked("/selector", () => parseLabelQuery(selector)) }),
    ...(filter === "" ? {} : { matches: filterOf(filter) }),
  };
}

/** The order and the cut of a window. */
export function toWindow({ limit, date, reverse, max, offset }: ListRequest): Partial<ListQuery> {
  return { order: date ? "date" : "name", reverse, offset: offset ?? 0, max: max ?? limit };
}

/** Where a page begins, as its `next` says it: sealed, as the cluster's token names what the caller may not see. */
export async function readCursor(box: SecretBox, cluster: string, text: string): Promise<ReleaseCursor> {
  const bytes = await box.open(text, cursorOwner(cluster));
  if (bytes === undefined) throw invalid("/after", "must be the `next` of an answer of this list");
  const cursor: ReleaseCursor = JSON.parse(new TextDecoder().decode(bytes));
  return cursor;
}

/** See {@link readCursor}. */
export async function cursorText(box: SecretBox, cluster: string, cursor: ReleaseCursor): Promise<string> {
  return await box.seal(toBytes(JSON.stringify(cursor)), cursorOwner(cluster));
}

function cursorOwner(cluster: string): string {
  return `a page of the releases of ${cluster}`;
}

const STATES: readonly (readonly [keyof ListRequest, readonly ReleaseStatus[]])[] = [
  ["deployed", ["deployed"]],
  ["failed", ["failed"]],
  ["pending", ["pending-install", "pending-upgrade", "pending-rollback"]],
  ["superseded", ["superseded"]],
  ["uninstalled", ["uninstalled"]],
  ["uninstalling", ["uninstalling"]],
];

function words(text: string): readonly string[] {
  return text === "" ? [] : text.split(",").map((word) => word.trim());
}

function statesOf(request: ListRequest): readonly ReleaseStatus[] {
  const named = words(request.status ?? "").map(parseStatus);
  return [...named, ...STATES.flatMap(([name, states]) => (request[name] === true ? states : []))];
}

function filterOf(pattern: string): (name: string) => boolean {
  let left = MAX_FILTER_UNITS;
  const spend = (units: number): void => {
    left -= units;
    if (left < 0) throw invalid("/filter", "the pattern takes too long");
  };
  const regexp: Regexp = checked("/filter", () => compileRegexp(pattern, spend));
  return regexp.test;
}

function checked<Value>(pointer: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    if (error instanceof GoFailure || "code" in error) throw invalid(pointer, error.message);
    throw error;
  }
}

function invalid(pointer: string, detail: string): ProblemError {
  return new ProblemError("invalid-request", detail, { errors: [{ pointer, detail }] });
}
