import * as z from "zod";
import { ChartError } from "../../engine/chart/chart-error.ts";
import type { ReadValueFile } from "../../engine/chart/set.ts";
import { mergeValueSources } from "../../engine/chart/value-sources.ts";
import type { ValueSources } from "../../engine/chart/value-sources.ts";
import type { GoMap } from "../../engine/go/value.ts";
import { toBytes } from "./digest.ts";

/** Values as a request gives them: Helm's flags, with contents where Helm takes paths. */
export interface ValuesBody {
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly valuesFiles: readonly { readonly name: string; readonly content: string }[];
  readonly set: readonly string[];
  readonly setString: readonly string[];
  readonly setJson: readonly string[];
  readonly setLiteral: readonly string[];
  readonly setFile: readonly { readonly key: string; readonly content: string }[];
}

/** Entries of one list of values: a request is written by people and scripts. */
const MAX_ENTRIES = 1000;
const MAX_TEXT = 1_048_576;

const texts: z.ZodType<readonly string[]> = z.array(z.string().max(MAX_TEXT)).max(MAX_ENTRIES).default([]);

/** The members of {@link ValuesBody}, for schemas. */
export const valuesMembers: { readonly [Member in keyof ValuesBody]-?: z.ZodType<ValuesBody[Member]> } = {
  values: z.record(z.string(), z.unknown()).optional(),
  valuesFiles: z
    .array(z.strictObject({ name: z.string().max(1024), content: z.string() }))
    .max(MAX_ENTRIES)
    .default([]),
  set: texts,
  setString: texts,
  setJson: texts,
  setLiteral: texts,
  setFile: z
    .array(z.strictObject({ key: z.string().min(1).max(1024), content: z.string() }))
    .max(MAX_ENTRIES)
    .default([]),
};

/**
 * The user's values in Helm's order: `valuesFiles`, then `values` as one file more, then `setJson`, `set`, `setString`, `setFile`,
 * `setLiteral`. Throws `ChartError` with Helm's text.
 */
export function composeValues(body: ValuesBody): GoMap {
  const { sources, readFile } = valueSourcesOf(body);
  return mergeValueSources(sources, readFile);
}

/** What {@link composeValues} merges. */
export function valueSourcesOf(body: ValuesBody): { readonly sources: ValueSources; readonly readFile: ReadValueFile } {
  const files = body.valuesFiles.map(({ name, content }) => ({ name, data: toBytes(content) }));
  const own = body.values === undefined ? [] : [{ name: "values", data: toBytes(JSON.stringify(body.values)) }];
  const contents = body.setFile.map((file) => file.content);
  return {
    sources: {
      files: [...files, ...own],
      setJson: body.setJson,
      set: body.set,
      setString: body.setString,
      setLiteral: body.setLiteral,
      setFile: body.setFile.map(({ key }, index) => `${key}=${index}`),
    },
    readFile: (path) => {
      const content = contents[Number(path)];
      if (content === undefined) throw new ChartError("invalid-set", `open ${path}: no such file or directory`);
      return content;
    },
  };
}
