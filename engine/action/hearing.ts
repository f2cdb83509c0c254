import type { Chart } from "../chart/chart.ts";
import { toJsonValue } from "../encoding/json-value.ts";
import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { readYamlDocuments } from "../encoding/yaml-documents.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonObject } from "../errors.ts";
import type { GoMap } from "../go/value.ts";
import { isJsonObject } from "../object/json.ts";
import type { SecretSource } from "../plan/secret-texts.ts";
import { createVeil, MAX_SHOWN, type Veil } from "../plan/veil.ts";
import type { HearPlugin, PluginLog } from "../plugin/index.ts";
import { unlisted } from "./build.ts";
import type { Step } from "./step.ts";

/** What is heard of a plugin that was given secrets: its lines, and its words when it fails. */
export interface Hearing {
  readonly hear: HearPlugin;
  /** A text of the plugin's, secrets cut out. */
  readonly hide: (text: string) => string;
  /** Texts of the plugin's, secrets cut out that go on from one to the next, too; nothing of those for which there are too many before. */
  readonly hideAll: (texts: readonly string[]) => readonly string[];
}

/** Hears everything as it is: of plugins that are given no secrets, or whose user is shown all. */
export const OPEN_HEARING: Hearing = { hear: () => undefined, hide: (text) => text, hideAll: (texts) => texts };

/** Characters of lines that become events in one step: an event stream is no log store. */
const MAX_CHARACTERS: number = 64 * 1024;
/** What a line costs besides its text. */
const LINE_COST = 16;

/** Makes events of what is logged, behind the veil; `source` is asked when there is something to hide. */
export function createHearing(step: Step, source: () => SecretSource | undefined): Hearing {
  return hearingBehind(source, ({ plugin, digest, lines }) => {
    for (const line of lines) emitLine(step, { plugin, digest, ...line });
  });
}

/** Passes on what is logged, behind the veil. */
export function hearingBehind(source: () => SecretSource | undefined, hear: HearPlugin): Hearing {
  let made: Veil | undefined;
  const veil = (): Veil => (made ??= createVeil(source()));
  return {
    hear: (said) => {
      if (said.lines.length === 0) return;
      const texts = veil().lines(said.lines.map(({ text }) => text));
      hear({ ...said, lines: said.lines.map(({ level }, index) => ({ level, text: texts[index] ?? "" })) });
    },
    hide: (text) => veil().text(text),
    hideAll: (texts) => {
      const shown = countShown(texts);
      return [...veil().lines(texts.slice(0, shown)), ...createVeil(undefined).lines(texts.slice(shown))];
    },
  };
}

/** How many texts are looked through together. */
function countShown(texts: readonly string[]): number {
  let left = MAX_SHOWN;
  const first = texts.findIndex((text) => (left -= text.length + 1) < 0);
  return first < 0 ? texts.length : first;
}

interface Line extends PluginLog {
  readonly plugin: string;
  readonly digest: string;
}

function emitLine({ cache: { heard }, emit }: Step, line: Line): void {
  if (heard.characters >= MAX_CHARACTERS) return;
  heard.characters += line.text.length + LINE_COST;
  if (heard.characters < MAX_CHARACTERS) return emit({ type: "plugin-log", ...line });
  const text = "further lines of plugins are left out of this step's events";
  emit({ type: "plugin-log", ...line, level: "warn", text });
}

/** What may be sensitive by its name: the user's values, and the chart's own. */
export function valuesIn(values: GoMap, chart: Chart | undefined): JsonObject {
  return { user: toJsonValue(values), ...(chart === undefined ? {} : { chart: toJsonValue(chart.values) }) };
}

/** The objects of a stream of manifests, of its Secrets at least; undefined where it cannot be read. */
export function secretsIn(stream: string): readonly JsonObject[] | undefined {
  try {
    return readYamlDocuments(stream)
      .filter((text) => text.includes("Secret") || text.includes("\\"))
      .flatMap((text) => unlisted(decodeYamlJson(text)))
      .filter(isJsonObject);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}
