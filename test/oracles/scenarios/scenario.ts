import type { JsonValue } from "../../../engine/errors.ts";
import type { ChartSources } from "../../support/operation.ts";

/** How an operation ends: done, refused before anything of the release changed, or failed behind that. */
export const OUTCOMES = ["success", "refused", "failed"] as const;
export type OutcomeClass = (typeof OUTCOMES)[number];

/** Words of a command line; a text is cut at spaces. `@name` is the folder of a chart, `+name` a file of the chart's. */
export type Words = string | readonly string[];

/** What happens next in both namespaces. `NS` in paths, bodies and charts is the side's namespace. */
export type ScenarioStep =
  | {
      readonly kind: "helm";
      readonly words: Words;
      readonly ends: OutcomeClass;
      /** `HELM_DRIVER`. */
      readonly driver?: "secret" | "configmap";
    }
  /** Helm 3 does it on both sides. */
  | { readonly kind: "helm3"; readonly words: Words }
  | {
      readonly kind: "send";
      readonly method: "POST" | "PATCH" | "PUT" | "DELETE";
      readonly path: string;
      readonly body?: JsonValue;
      readonly patch?: "merge" | "strategic" | "apply";
      readonly manager?: string;
    }
  /** Sets the status that the newest record tells. */
  | { readonly kind: "restatus"; readonly revision: number; readonly status: string }
  /** Waits until a path answers, or no longer answers. */
  | { readonly kind: "until"; readonly path: string; readonly there: boolean };

/** One story that both sides play in namespaces of their own. */
export interface Scenario {
  readonly theme: string;
  readonly title: string;
  readonly charts: Readonly<Record<string, ChartSources>>;
  readonly steps: readonly ScenarioStep[];
}

/** A theme's scenarios: title, charts, steps. */
export function theme(
  name: string,
  rows: readonly (readonly [title: string, charts: Scenario["charts"], ...steps: readonly ScenarioStep[]])[],
): readonly Scenario[] {
  return rows.map(([title, charts, ...steps]) => ({ theme: name, title, charts, steps }));
}

export const ok = (words: Words): ScenarioStep => ({ kind: "helm", words, ends: "success" });
export const refused = (words: Words): ScenarioStep => ({ kind: "helm", words, ends: "refused" });
export const failed = (words: Words): ScenarioStep => ({ kind: "helm", words, ends: "failed" });
export const helm3 = (words: Words): ScenarioStep => ({ kind: "helm3", words });
export const post = (path: string, body: JsonValue): ScenarioStep => ({ kind: "send", method: "POST", path, body });
export const remove = (path: string): ScenarioStep => ({ kind: "send", method: "DELETE", path });
export const patch = (
  path: string,
  body: JsonValue,
  how: { readonly patch?: "merge" | "strategic" | "apply"; readonly manager?: string } = {},
): ScenarioStep => ({ kind: "send", method: "PATCH", path, body, patch: "merge", manager: "somebody", ...how });
export const restatus = (revision: number, status: string): ScenarioStep => ({ kind: "restatus", revision, status });
/** The steps with records in ConfigMaps. */
export const inConfigMaps = (step: ScenarioStep): ScenarioStep =>
  step.kind === "helm" ? { ...step, driver: "configmap" } : step;

/** The words of a command line. */
export function wordsOf(words: Words): readonly string[] {
  return typeof words === "string" ? words.split(" ") : words;
}
