import type { KubeVersion } from "../chart/capabilities.ts";
import type { Chart } from "../chart/chart.ts";
import { ChartError } from "../chart/chart-error.ts";
import { coalesceValues, valuesTree } from "../chart/coalesce.ts";
import { processDependencies } from "../chart/dependencies.ts";
import { defaultCapabilities } from "../chart/kube-version.ts";
import { validateValues } from "../chart/schema.ts";
import type { OnWarning } from "../chart/warning.ts";
import { decodeYamlStruct, YamlError } from "../encoding/index.ts";
import type { FieldType } from "../encoding/index.ts";
import { EngineError } from "../errors.ts";
import type { JsonValue } from "../errors.ts";
import { cleanPath, extension } from "../go/path.ts";
import { quote } from "../go/quote.ts";
import { trimSpace } from "../go/unicode.ts";
import type { GoMap } from "../go/value.ts";
import type { ForeignFunction } from "../render/foreign.ts";
import type { PendingResolver } from "../render/input.ts";
import { RenderError } from "../render/render-error.ts";
import { renderFiles } from "../render/render-files.ts";
import { deprecationWarning } from "./deprecation.ts";
import { DocumentError, readObjects } from "./document-reader.ts";
import type { LintedObject } from "./document-reader.ts";
import type { Findings } from "./message.ts";
import { objectNameProblem } from "./object-name.ts";
import type { LintSource } from "./source.ts";

/** What templates are rendered with. */
export interface TemplateRuleOptions {
  readonly values: GoMap;
  readonly namespace: string;
  readonly kubeVersion?: KubeVersion | undefined;
  readonly skipSchemaValidation?: boolean | undefined;
  /** 32 bytes that all template randomness comes from. */
  readonly seed: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly resolve?: PendingResolver | undefined;
  /** Template functions beside Helm's, answered by `resolve`. */
  readonly functions?: readonly ForeignFunction[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: OnWarning | undefined;
  /** Every file that fails is a finding, where Helm has the first one alone. */
  readonly allErrors?: boolean | undefined;
}

const FOLDER = "templates/";

/** The rules about `templates/`: the chart loads and renders, and what it renders are objects that Kubernetes takes. */
export async function lintTemplates(
  source: LintSource,
  findings: Findings,
  options: TemplateRuleOptions,
): Promise<void> {
  const { check } = findings;
  const folder = source.entry("templates");
  if (folder.kind === "missing") {
    check("WARNING", FOLDER, "directory does not exist");
    return;
  }
  if (!check("ERROR", FOLDER, folder.kind === "file" ? "not a directory" : undefined)) return;
  const chart = await source.load(options.onWarning).catch(messageOf);
  if (typeof chart === "string") {
    check("ERROR", FOLDER, chart);
    return;
  }
  const prepared = prepare(chart, options);
  if (prepared === undefined) return;
  const texts = await render(prepared, options).catch((error: unknown) => messagesOf(error, options));
  if (texts instanceof Set) {
    for (const text of texts) check("ERROR", FOLDER, text);
    return;
  }
  for (const { name } of prepared.chart.templates) {
    if (!lintTemplate(name, texts.get(cleanPath(`${prepared.chart.metadata.name}/${name}`)) ?? "", findings, options))
      return;
  }
}

/** The text of a refusal; anything else is a defect. */
export function messageOf(error: unknown): string {
  if (error instanceof EngineError) return error.message;
  throw error;
}

function messagesOf(error: unknown, { allErrors }: TemplateRuleOptions): Set<string> {
  const failures = allErrors === true && error instanceof RenderError ? error.failures : [];
  return new Set(failures.length === 0 ? [messageOf(error)] : failures.map(({ message }) => message));
}

interface Prepared {
  readonly chart: Chart;
  readonly values: GoMap;
}

/** Helm compatibility: a chart whose dependencies or values do not fit together is not linted any further, without a word. */
function prepare(chart: Chart, options: TemplateRuleOptions): Prepared | undefined {
  const { values, onWarning } = options;
  try {
    const processed = processDependencies(chart, values, onWarning);
    return { chart: processed, values: coalesceValues(valuesTree(processed), values, onWarning) };
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
}

/** Helm compatibility: values are coalesced twice, so a default that a null took away comes back. */
async function render({ chart, values }: Prepared, options: TemplateRuleOptions): Promise<ReadonlyMap<string, string>> {
  const { kubeVersion, seed, now, resolve, functions, signal, onWarning } = options;
  const coalesced = coalesceValues(valuesTree(chart), values, onWarning);
  if (options.skipSchemaValidation !== true) validateValues(chart, coalesced, { onWarning });
  return await renderFiles(chart, coalesced, {
    release: { name: "test-release", namespace: options.namespace, revision: 0, isUpgrade: false, isInstall: false },
    capabilities: defaultCapabilities(kubeVersion === undefined ? {} : { kubeVersion }),
    lookup: "off",
    dns: false,
    lint: true,
    seed,
    now,
    ...(resolve === undefined ? {} : { resolve }),
    ...(functions === undefined ? {} : { functions }),
    ...(signal === undefined ? {} : { signal }),
    ...(onWarning === undefined ? {} : { onWarning }),
  });
}

const EXTENSIONS: ReadonlySet<string> = new Set([".yaml", ".yml", ".tpl", ".txt"]);

/** False for text that is no YAML, which ends the whole group. */
function lintTemplate(name: string, text: string, findings: Findings, options: TemplateRuleOptions): boolean {
  const { check } = findings;
  const ending = extension(name);
  if (!EXTENSIONS.has(ending)) {
    check("ERROR", name, `file extension '${ending}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`);
  }
  if (![".yaml", ".yml"].includes(ending.toLowerCase()) || trimSpace(text) === "") return true;
  check("WARNING", name, indentProblem(text));
  try {
    for (const object of readObjects(text)) lintObject(object, name, text, findings, options);
    return true;
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return check("ERROR", name, `unable to parse YAML: ${error.message}`);
  }
}

function indentProblem(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (trimSpace(bare) === "") continue;
    if (!bare.startsWith(" ") && !bare.startsWith("\t")) return undefined;
    return `document starts with an illegal indent: ${quote(bare)}, which may cause parsing problems`;
  }
  return undefined;
}

function lintObject(
  object: LintedObject,
  path: string,
  text: string,
  { check }: Findings,
  options: TemplateRuleOptions,
): void {
  const { kubeVersion } = defaultCapabilities(
    options.kubeVersion === undefined ? {} : { kubeVersion: options.kubeVersion },
  );
  check("WARNING", path, objectNameProblem(object.kind, object.name));
  check("WARNING", path, deprecationWarning(object, kubeVersion));
  check("ERROR", path, selectorProblem(object, text));
  check("ERROR", path, object.kind === "List" ? listProblem(text) : undefined);
}

const SELECTING: ReadonlySet<string> = new Set(["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"]);

/** Helm compatibility: the words may stand anywhere in the file. */
function selectorProblem({ kind, name }: LintedObject, text: string): string | undefined {
  if (!SELECTING.has(kind) || text.includes("matchLabels") || text.includes("matchExpressions")) return undefined;
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quote(name)} does not`;
}

const LIST: Extract<FieldType, { kind: "struct" }> = listType();

function listType(): Extract<FieldType, { kind: "struct" }> {
  const annotations: FieldType = { kind: "map", type: "map[string]string", element: { kind: "string" } };
  const metadata: FieldType = {
    kind: "struct",
    type: "struct { Annotations map[string]string }",
    fields: new Map([["annotations", annotations]]),
  };
  const item: FieldType = {
    kind: "struct",
    type: "struct { Metadata struct { Annotations map[string]string } }",
    fields: new Map([["metadata", metadata]]),
  };
  return {
    kind: "struct",
    type: `struct { Items []${item.type} }`,
    fields: new Map<string, FieldType>([["items", { kind: "list", type: `[]${item.type}`, element: item }]]),
  };
}

/** Helm compatibility: of a file with several documents the first one is looked at. */
function listProblem(text: string): string | undefined {
  try {
    const items = decodeYamlStruct(text, LIST)["items"];
    const found =
      isList(items) &&
      items.some(
        (item) => member(member(member(item, "metadata"), "annotations"), "helm.sh/resource-policy") !== undefined,
      );
    return found ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined;
  } catch (error) {
    if (error instanceof YamlError) return `unable to parse YAML: ${error.message}`;
    throw error;
  }
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || isList(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
