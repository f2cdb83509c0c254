import type { Chart } from "../chart/chart.ts";
import { copyMap } from "../chart/values.ts";
import { GoMap } from "../go/value.ts";
import type { GoValue } from "../go/value.ts";
import { isPartial } from "../manifest/sort.ts";
import { FAIL_LOGGED } from "../sprig/flow.ts";
import { Budget } from "../template/budget.ts";
import { TemplateError } from "../template/error.ts";
import type { TemplatePlace } from "../template/error.ts";
import { executeTemplate } from "../template/execution.ts";
import type { CallContext } from "../template/function.ts";
import { Pending } from "../template/pending.ts";
import { createTemplateSet } from "../template/template-set.ts";
import type { TemplateSet } from "../template/template-set.ts";
import type { ParsedFile } from "../template/template.ts";
import { createAnswers } from "./answers.ts";
import type { Answers } from "./answers.ts";
import { createDots, templateFiles } from "./context.ts";
import type { TemplateFile } from "./context.ts";
import { execErrorText, parseErrorText } from "./error-text.ts";
import { type FunctionSet, functionSet } from "./foreign.ts";
import type { RenderInput, RenderWarning } from "./input.ts";
import { renderOrder } from "./order.ts";
import { createRandomStream } from "./random-stream.ts";
import { forecastKeys, noteKeys } from "./key-forecast.ts";
import { RenderError } from "./render-error.ts";
import type { TemplateFailure } from "./render-error.ts";
import { parseCached } from "./template-cache.ts";
import { createValues } from "./values-map.ts";

/** Rounds of questions and answers: each may ask what only the answers of the last one made it ask. */
const MAX_PASSES = 32;
/** Failures that are reported: the largest public chart has some 300 templates. */
const MAX_FAILURES = 100;
/** Places of one failure that are reported. A chain of includes is rarely ten long. */
const MAX_PLACES = 20;
/** Causes of one failure that are followed: more than Helm's deepest include. */
const MAX_CHAIN = 10_000;

/** What rendering files needs of a {@link RenderInput}. */
export type RenderFilesInput = Omit<RenderInput, "chart" | "values" | "skipSchemaValidation" | "subchartNotes">;

/**
 * Renders every template of a chart whose dependencies are processed, on values that are coalesced; neither is written. Gives the texts
 * by full path, partials left out, `<no value>` taken out. Throws {@link RenderError}.
 *
 * Templates may write into the values that all of them share, so a pass that had to stop for answers is thrown away as a whole: the last
 * pass runs as if every answer had been there from the beginning.
 */
export async function renderFiles(
  chart: Chart,
  values: GoMap,
  input: RenderFilesInput,
): Promise<ReadonlyMap<string, string>> {
  const files = templateFiles(chart);
  const order = renderOrder(files.keys())
    .map((path) => files.get(path))
    .filter((file) => file !== undefined);
  const functions = functionSet(input.functions);
  const parsed = parseAll(order, functions);
  const set = createTemplateSet(parsed, functions.table);
  const answers = createAnswers(input, forecastKeys(parsed));
  const remember = createMemory();
  for (let count = 0; count < MAX_PASSES; count++) {
    input.signal?.throwIfAborted();
    const pass = runPass({ chart, values, input, order, set, answers, remember });
    const isAnswered = pass.failures.length === 0 && !(await answers.resolve());
    if (pass.failures.length === 0 && !isAnswered) continue;
    for (const warning of pass.warnings) input.onWarning?.(warning);
    if (pass.failures.length > 0) throw templateError(pass.failures);
    noteKeys(parsed, answers.used());
    return pass.texts;
  }
  throw new RenderError("pending-budget", `templates were still asking after ${MAX_PASSES} passes`);
}

/** Dear results of one render: a pass that repeats another one finds them. */
function createMemory(): CallContext["remember"] {
  const known = new Map<string, string>();
  return (key, make) => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
}

/** Parses in Helm's order. Throws for the first text that does not parse. */
function parseAll(order: readonly TemplateFile[], functions: FunctionSet): readonly ParsedFile[] {
  const parsed: ParsedFile[] = [];
  const failures: TemplateFailure[] = [];
  for (const file of order) {
    try {
      parsed.push(parseCached(file, functions));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      failures.push({ path: file.path, message: parseErrorText(file.path, error), places: placesOf(error) });
      if (failures.length >= MAX_FAILURES) break;
    }
  }
  if (failures.length > 0) throw templateError(failures);
  return parsed;
}

/** The places of a chain of failures: of a long one both ends. */
function placesOf(error: TemplateError): readonly TemplatePlace[] {
  const places: TemplatePlace[] = [];
  let count = 0;
  for (let link: unknown = error; link instanceof Error && count < MAX_CHAIN; link = link.cause, count++) {
    if (link instanceof TemplateError && link.place !== undefined) places.push(link.place);
  }
  const half = MAX_PLACES / 2;
  return places.length > MAX_PLACES ? [...places.slice(0, half), ...places.slice(-half)] : places;
}

function templateError(failures: readonly TemplateFailure[]): RenderError {
  const [first] = failures;
  return new RenderError("template", first?.message ?? "", { file: first?.path ?? null }, { failures });
}

interface Job {
  readonly chart: Chart;
  readonly values: GoMap;
  readonly input: RenderFilesInput;
  readonly order: readonly TemplateFile[];
  readonly set: TemplateSet;
  readonly answers: Answers;
  readonly remember: CallContext["remember"];
}

interface Pass {
  readonly texts: ReadonlyMap<string, string>;
  /** Empty as long as an earlier file waits for an answer: it may have been what the failed one needed. */
  readonly failures: readonly TemplateFailure[];
  /** What templates logged up to the first failure. */
  readonly warnings: readonly RenderWarning[];
}

/** Runs every file once, on fresh copies of the values. A file that asks for more stops, the others go on. */
function runPass(job: Job): Pass {
  const texts = new Map<string, string>();
  const failures: TemplateFailure[] = [];
  const warnings: RenderWarning[] = [];
  const warn = (warning: RenderWarning): void => void (failures.length === 0 && warnings.push(warning));
  const dots = createDots(job.chart, copyMap(job.values), job.input);
  const budget = new Budget();
  for (const file of job.order) {
    if (isPartial(file.path)) continue;
    job.input.signal?.throwIfAborted();
    job.answers.startFile(file.path);
    try {
      texts.set(file.path, runFile(job, file, dots[file.chart] ?? new GoMap(), { budget, warn }));
    } catch (error) {
      if (error instanceof Pending) continue;
      if (!(error instanceof TemplateError)) throw error;
      if (!job.answers.isWaiting()) {
        failures.push({ path: file.path, message: execErrorText(file.path, error), places: placesOf(error) });
        if (error.code === "budget" || failures.length >= MAX_FAILURES) break;
      }
    }
  }
  return { texts, failures, warnings };
}

/** What the files of one pass share. */
interface Shared {
  readonly budget: Budget;
  readonly warn: (warning: RenderWarning) => void;
}

function runFile(job: Job, file: TemplateFile, dot: GoMap, { budget, warn }: Shared): string {
  const { input, answers } = job;
  dot.entries.set(
    "Template",
    createValues(
      new Map<string, GoValue>([
        ["Name", file.path],
        ["BasePath", file.basePath],
      ]),
    ),
  );
  let ordinal = 0;
  const text = executeTemplate(job.set, file.path, dot, {
    now: input.now,
    randomBytes: createRandomStream(input.seed, file.path),
    ask: (request) => answers.ask(request, ordinal - 1),
    nextOrdinal: () => ordinal++,
    remember: job.remember,
    budget,
    lint: input.lint === true,
    warn: (message, attributes = {}) =>
      warn({
        level: message === FAIL_LOGGED ? "INFO" : "WARN",
        message,
        attributes: Object.entries(attributes),
      }),
  });
  return text.includes("<no value>") ? text.replaceAll("<no value>", "") : text;
}
