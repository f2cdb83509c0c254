import type * as z from "zod";
import type { JsonValue } from "../../engine/errors.ts";
import { isShallow, parseJson } from "./json.ts";
import { MAX_JSON_DEPTH } from "./limits.ts";
import { type FieldFault, ProblemError } from "./problem.ts";

/** Faults told at most: a body of a thousand wrong members is not worth a thousand lines. */
const MAX_FAULTS = 20;

/** The JSON of a body; an empty body is `{}`. Throws `unsupported-media-type` or `invalid-json`. */
export function readJson(bytes: Uint8Array, contentType: string | null): JsonValue {
  if (bytes.length === 0) return {};
  const media = (contentType ?? "application/json").split(";")[0] ?? "";
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(media.trim().toLowerCase())) {
    throw new ProblemError("unsupported-media-type", "the body must be application/json");
  }
  const value = decode(bytes);
  if (!isShallow(value, MAX_JSON_DEPTH)) {
    throw new ProblemError("invalid-json", `the body nests deeper than ${MAX_JSON_DEPTH} levels`);
  }
  return value;
}

function decode(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ProblemError("invalid-json", "the body is not valid JSON in UTF-8");
  }
}

/** `value` as `schema` describes it. Throws `invalid-request` with a pointer for each fault; values are never quoted. */
export function checkWith<T>(schema: z.ZodType<T>, value: unknown, root = ""): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = faultsOf(result.error.issues, root);
  const first = errors[0];
  const where = first === undefined || first.pointer === "" ? "" : `${first.pointer}: `;
  throw new ProblemError("invalid-request", `${where}${first?.detail ?? "not valid"}`, { errors });
}

/** Zod's issues as faults; an unknown member is one fault per name. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], root = ""): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  for (const issue of issues) {
    const pointer = root + issue.path.map((step) => `/${escapeStep(String(step))}`).join("");
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) faults.push({ pointer: `${pointer}/${escapeStep(key)}`, detail: "unknown member" });
    } else {
      faults.push({ pointer, detail: issue.message });
    }
    if (faults.length >= MAX_FAULTS) break;
  }
  return faults.slice(0, MAX_FAULTS);
}

function escapeStep(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
