import * as z from "zod";
import { expandedFiles } from "../../engine/chart/expand.ts";
import { loadFiles, readArchiveFiles } from "../../engine/chart/index.ts";
import type { Chart, ChartFile, OnWarning } from "../../engine/chart/index.ts";
import { schemeOf } from "../../engine/plugin/index.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import { fromBase64, toBytes } from "../http/digest.ts";
import { ProblemError } from "../http/problem.ts";
import type { ChartCatalog } from "./chart-catalog.ts";
import type { FetchRequested } from "./request-url.ts";

/** A file of a chart that comes with a request. */
export interface InputFile {
  readonly name: string;
  readonly content: string;
  readonly encoding: "utf-8" | "base64";
}

/** Which chart a tool works on: one of the registry, an archive, or files. Exactly one of the three. */
export interface ChartInput {
  readonly chart?: string | undefined;
  readonly version?: string | undefined;
  readonly devel: boolean;
  readonly archive?: string | undefined;
  readonly files?: readonly InputFile[] | undefined;
}

/** A request with a chart in it; archives beyond this belong into the registry. */
export const MAX_CHART_BODY: number = 16 * 1024 * 1024;
const MAX_FILES = 5000;

/** The members of {@link ChartInput}, for schemas. */
export const chartInputMembers: { readonly [Member in keyof ChartInput]-?: z.ZodType<ChartInput[Member]> } = {
  chart: z
    .string()
    .min(1)
    .max(2048)
    .describe(
      "A chart of this registry: PROJECT/NAME or oci://HOST/PROJECT/NAME; or a URL of a getter's scheme that the configuration opens",
    )
    .optional(),
  version: z.string().max(256).describe("A version or a constraint, with chart").optional(),
  devel: z.boolean().default(false),
  archive: z.string().max(MAX_CHART_BODY).describe("A packaged chart (.tgz) in base64").optional(),
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(1024).describe("The path below the chart's root"),
        content: z.string(),
        encoding: z.enum(["utf-8", "base64"]).default("utf-8"),
      }),
    )
    .max(MAX_FILES)
    .describe("The chart's files")
    .optional(),
};

/** What charts are opened with. */
export interface InputDeps {
  readonly catalog: ChartCatalog;
  readonly fetch: FetchRequested;
}

/**
 * The files of the chart that a request is about, without its top folder. Throws `ProblemError`, and what the catalog and the archive throw.
 */
export async function inputFiles(
  deps: InputDeps,
  input: ChartInput,
  principal: Principal,
  signal: AbortSignal,
): Promise<readonly ChartFile[]> {
  const { chart, archive, files } = input;
  if ([chart, archive, files].filter((given) => given !== undefined).length !== 1) {
    throw new ProblemError("invalid-request", "give exactly one of chart, archive and files");
  }
  if (files !== undefined) return files.map(inputFile);
  const data = chart === undefined ? decoded(archive ?? "", "/archive") : await fetched(deps, input, principal, signal);
  return expandedFiles(await readArchiveFiles(data, { signal: signal })).files;
}

/** The chart of {@link inputFiles}, loaded. */
export async function inputChart(files: readonly ChartFile[], onWarning?: OnWarning): Promise<Chart> {
  return await loadFiles(files, { onWarning });
}

const OWN: ReadonlySet<string> = new Set(["", "http", "https", "oci"]);

/** Whether a URL is none of those that Slipway reads itself. */
function isGetterUrl(text: string): boolean {
  return !OWN.has(schemeOf(text));
}

function inputFile({ name, content, encoding }: InputFile, index: number): ChartFile {
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new ProblemError("invalid-request", `/files/${index}/name: must be a path below the chart's root`);
  }
  return { name, data: encoding === "base64" ? decoded(content, `/files/${index}/content`) : toBytes(content) };
}

function decoded(text: string, pointer: string): Uint8Array {
  const data = fromBase64(text);
  if (data !== undefined) return data;
  throw new ProblemError("invalid-request", `${pointer}: is not base64`);
}

async function fetched(
  { catalog, fetch }: InputDeps,
  { chart = "", version, devel }: ChartInput,
  principal: Principal,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (isGetterUrl(chart)) return await fetch(chart, principal, signal);
  const place = catalog.placeOf(chart);
  if (place === undefined) throw new ProblemError("chart-not-found", `${chart} is not a chart of this registry`);
  assertAllowed(principal, "charts:read", { ...place });
  const pinned = await catalog.resolve(
    { reference: chart, devel, ...(version === undefined ? {} : { version }) },
    signal,
  );
  const archive = await catalog.openArchive(pinned, signal);
  if (archive === undefined) throw new ProblemError("chart-not-found", `the registry has no archive of ${chart}`);
  return archive;
}
