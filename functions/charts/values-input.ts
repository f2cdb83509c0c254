import * as z from "zod";
import type { Principal } from "../access/principal.ts";
import { type ValuesBody, valuesMembers } from "../http/values.ts";
import { fromUtf8 } from "../../engine/go/utf8.ts";
import type { InputDeps } from "./chart-input.ts";

/** A file of values: its text, or the URL that it is fetched from. */
export type ValuesFile = { readonly name: string; readonly content: string } | { readonly url: string };

/** Values as a request to a chart tool gives them. */
export interface ToolValues extends Omit<ValuesBody, "valuesFiles"> {
  readonly valuesFiles: readonly ValuesFile[];
}

const MAX_FILES = 1000;

/** The members of {@link ToolValues}, for schemas. */
export const toolValuesMembers: { readonly [Member in keyof ToolValues]-?: z.ZodType<ToolValues[Member]> } = {
  ...valuesMembers,
  valuesFiles: z
    .array(
      z.union([
        z.strictObject({ name: z.string().max(1024), content: z.string() }),
        z.strictObject({
          url: z
            .string()
            .max(2048)
            .describe("Of a getter's scheme, and opened by getters[].requests of the configuration"),
        }),
      ]),
    )
    .max(MAX_FILES)
    .default([]),
};

/** The same with the files fetched. Throws `ProblemError`. */
export async function fetchedValues(
  { fetch }: InputDeps,
  values: ToolValues,
  principal: Principal,
  signal: AbortSignal,
): Promise<ValuesBody> {
  const valuesFiles: { readonly name: string; readonly content: string }[] = [];
  for (const file of values.valuesFiles) {
    if ("content" in file) valuesFiles.push(file);
    else valuesFiles.push({ name: file.url, content: fromUtf8(await fetch(file.url, principal, signal)) });
  }
  return { ...values, valuesFiles };
}
