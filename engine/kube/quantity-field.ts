import type { PathElement } from "../object/field-path.ts";

/** API groups whose server rewrites quantities (`1000m` becomes `1`). Custom resources keep the text that was sent. */
const GROUPS: ReadonlySet<string> = new Set([
  "",
  "apps",
  "batch",
  "autoscaling",
  "policy",
  "extensions",
  "node.k8s.io",
  "resource.k8s.io",
  "storage.k8s.io",
]);
/** Maps whose values are quantities. */
const MAPS: ReadonlySet<string> = new Set([
  "limits",
  "requests",
  "hard",
  "capacity",
  "allocatable",
  "podFixed",
  "max",
  "min",
  "default",
  "defaultRequest",
  "maxLimitRequestRatio",
]);
const FIELDS: ReadonlySet<string> = new Set(["sizeLimit", "divisor", "averageValue"]);
/** Maps with free names: what stands in them is text. */
const FREE: ReadonlySet<string> = new Set([
  "annotations",
  "labels",
  "matchLabels",
  "nodeSelector",
  "selector",
  "data",
  "binaryData",
  "stringData",
  "parameters",
  "driver",
  "options",
  "attributes",
]);

/** True when the last step of `path` holds a quantity in a kind of `group`. */
export function isQuantityField(group: string, path: readonly PathElement[]): boolean {
  if (!GROUPS.has(group)) return false;
  const last = fieldName(path, 1);
  const parent = fieldName(path, 2);
  if (last === undefined || parent === undefined || FREE.has(parent)) return false;
  const free = fieldName(path, 3);
  if (free !== undefined && FREE.has(free)) return false;
  return MAPS.has(parent) || FIELDS.has(last);
}

function fieldName(path: readonly PathElement[], fromEnd: number): string | undefined {
  const element = path[path.length - fromEnd];
  return element?.kind === "field" ? element.name : undefined;
}
