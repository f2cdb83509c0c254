import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../../../engine/errors.ts";
import { decodeJson } from "../../../engine/encoding/index.ts";
import { validateSchema } from "../../../engine/json-schema/index.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "infra", "plugins", "schemas");

/** What the published schema of a message says against a value; empty when nothing. */
export function schemaProblem(type: string, side: "input" | "output", value: JsonValue): string {
  const schema = JSON.parse(readFileSync(join(folder, `${type.replace("/", "-")}.json`), "utf8")) as JsonObject;
  const outcome = validateSchema(
    JSON.stringify({ ...schema, $ref: `#/$defs/${side}` }),
    decodeJson(JSON.stringify(value)),
  );
  return outcome.ok ? "" : outcome.text;
}
