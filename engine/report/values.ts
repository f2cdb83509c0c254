import { coalesceValues, valuesTree } from "../chart/coalesce.ts";
import type { OnWarning } from "../chart/warning.ts";
import { encodeYaml } from "../encoding/yaml-emit.ts";
import { GoMap } from "../go/value.ts";
import type { Release } from "../release/release.ts";
import { valuesText } from "../release/values-document.ts";
import { outputText, type OutputFormat } from "./output.ts";

/** Everything that the release's own chart and its user set. Helm compatibility: sub-charts are not recorded, so theirs are missing. */
export function computedValues(release: Release, onWarning?: OnWarning): GoMap {
  return coalesceValues(valuesTree(release.chart), new GoMap(release.config.entries), onWarning);
}

/** What `helm get values` prints. `computed`: the chart's values are among them. */
export function getValuesText(values: GoMap, format: OutputFormat, computed: boolean): string {
  const title = computed ? "COMPUTED VALUES:" : "USER-SUPPLIED VALUES:";
  return outputText({ table: () => `${title}\n${encodeYaml(values)}`, json: () => valuesText(values) }, format);
}
