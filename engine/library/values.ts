import { ChartError } from "../chart/chart-error.ts";
import { mergeValueSources } from "../chart/value-sources.ts";
import { encodeJson, encodeYaml } from "../encoding/index.ts";
import type { JsonObject } from "../errors.ts";
import { fromUtf8, toUtf8 } from "../go/utf8.ts";
import type { GoMap } from "../go/value.ts";
import { held } from "./held.ts";

/** Values as templates see them: numbers keep the type that Go gives them, which a plain object could not. */
export interface Values {
  readonly [held]: GoMap;
}

/** The user's values by where they come from, each list in the order given; contents where Helm's flags take paths. */
export interface ValueSources {
  /** `--values`. */
  readonly files?: readonly { readonly name: string; readonly content: string | Uint8Array }[] | undefined;
  /** As one values file more, behind the others. */
  readonly values?: JsonObject | undefined;
  readonly setJson?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly setString?: readonly string[] | undefined;
  /** `--set-file KEY=PATH`. */
  readonly setFile?: readonly { readonly key: string; readonly content: string | Uint8Array }[] | undefined;
  readonly setLiteral?: readonly string[] | undefined;
}

/** Merges the user's values in Helm's order, which is that of {@link ValueSources}. Throws `ChartError` with Helm's text. */
export function mergeValues(sources: ValueSources): Values {
  const { values, setFile = [], files = [], setJson = [], set = [], setString = [], setLiteral = [] } = sources;
  const own = values === undefined ? [] : [{ name: "values", content: JSON.stringify(values) }];
  return valuesOf(
    mergeValueSources(
      {
        setJson,
        set,
        setString,
        setLiteral,
        files: [...files, ...own].map(({ name, content }) => ({ name, data: bytesOf(content) })),
        setFile: setFile.map(({ key }, index) => `${key}=${index}`),
      },
      (index) => contentAt(setFile, index),
    ),
  );
}

/** Values as text: YAML as `helm get values` prints it, or JSON on one line. */
export function encodeValues(values: Values, format: "yaml" | "json"): string {
  return format === "yaml" ? encodeYaml(values[held]) : encodeJson(values[held]);
}

/** The engine's values as the library hands them out. */
export function valuesOf(map: GoMap): Values {
  return { [held]: map };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? toUtf8(content) : content;
}

/** A key with a comma in it names a file that was not given. */
function contentAt(files: NonNullable<ValueSources["setFile"]>, index: string): string {
  const content = files[Number(index)]?.content;
  if (content === undefined) throw new ChartError("invalid-set", `open ${index}: no such file or directory`);
  return fromUtf8(bytesOf(content));
}
