import type { GoValue } from "./value.ts";

/** What `if`, `with`, `and`, `or` and `not` see: false for nothing, nil, false, zero, and what is empty. Structs are true. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case "string":
      return value !== "";
    case "boolean":
      return value;
    case "number":
      return value !== 0;
    case "undefined":
      return false;
    default:
      break;
  }
  if (value === null) return false;
  switch (value.kind) {
    case "int":
      return value.value !== 0n;
    case "bytes":
      return value.data.length > 0;
    case "list":
      return value.items.length > 0;
    case "map":
      return value.entries.size > 0;
    default:
      return true;
  }
}
