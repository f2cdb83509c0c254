import { EngineError, type JsonObject } from "../../engine/errors.ts";
import { ProblemError, type ProblemOptions } from "./problem.ts";
import { isProblemCode, type ProblemCode } from "./problem-table.ts";

type CodeMap = Readonly<Record<string, ProblemCode>>;

/** Code of an outcome that the engine's actions give → problem, where it is none of our codes already. */
const OUTCOME_PROBLEMS: CodeMap = {
  "name-in-use": "release-exists",
  "pending-other": "release-busy",
  "not-found": "release-not-found",
  "no-deployed": "release-not-found",
  "not-owned": "ownership-conflict",
  conflict: "field-conflict",
  "managed-by-gitops": "managed-by-gitops",
  "wait-failed": "timeout",
  "record-changed": "release-busy",
  unreachable: "cluster-unreachable",
  "policy-denied": "policy-denied",
  refused: "forbidden",
  "plan-stale": "plan-stale",
  "invalid-order": "invalid-chart",
  "stored-version": "cluster-refused",
};

/** Class and code of a refusal of the engine or the registry → problem. `*` is every other code of the class. */
const ENGINE_PROBLEMS: Readonly<Record<string, CodeMap>> = {
  KubeError: {
    unreachable: "cluster-unreachable",
    unavailable: "cluster-unreachable",
    timeout: "cluster-unreachable",
    "too-many-requests": "cluster-unreachable",
    "bad-response": "cluster-unreachable",
    "apply-conflict": "field-conflict",
    "bad-name": "invalid-request",
    "*": "cluster-refused",
  },
  ReleaseError: {
    "not-found": "release-not-found",
    exists: "release-busy",
    changed: "release-busy",
    cluster: "cluster-refused",
    "*": "invalid-request",
  },
  ChartError: {
    "invalid-values": "invalid-values",
    "invalid-set": "invalid-values",
    "type-mismatch": "invalid-values",
    schema: "invalid-values",
    "*": "invalid-chart",
  },
  AttestationError: { "*": "invalid-request" },
  ChartLookupError: { "invalid-reference": "invalid-request", "not-a-chart": "invalid-chart", "*": "chart-not-found" },
  YamlError: { "*": "invalid-values" },
  JsonError: { "*": "invalid-values" },
  SemverError: { "*": "invalid-request" },
  ArchiveError: { "*": "invalid-chart" },
  TemplateError: { "*": "render-failed" },
  RenderError: { "*": "render-failed" },
  ManifestError: { "*": "render-failed" },
  ReferenceError: { "*": "invalid-request" },
  OciError: {
    MANIFEST_UNKNOWN: "chart-not-found",
    NAME_UNKNOWN: "chart-not-found",
    BLOB_UNKNOWN: "chart-not-found",
    NAME_INVALID: "invalid-request",
    UNAUTHORIZED: "forbidden",
    DENIED: "forbidden",
    SIGNATURE_REQUIRED: "signature-required",
    TOOMANYREQUESTS: "rate-limited",
    "*": "upstream-unavailable",
  },
  ActionError: {
    ...OUTCOME_PROBLEMS,
    "invalid-request": "invalid-request",
    "render-failed": "render-failed",
    cancelled: "cancelled",
    "*": "operation-failed",
  },
  UpstreamError: { "*": "upstream-unavailable" },
  EgressError: { "*": "upstream-unavailable" },
  StoreError: { "*": "store-unavailable" },
};

/** The problem that a refusal is; undefined for a defect, which is nobody's business but ours. */
export function problemOf(thrown: unknown): ProblemError | undefined {
  if (thrown instanceof ProblemError) return thrown;
  if (!(thrown instanceof EngineError)) return undefined;
  const code = codeFor(thrown.name, thrown.code);
  return new ProblemError(code, thrown.message, optionsOf(thrown.detail, thrown));
}

/** The problem of an operation that ended as failed. */
export function outcomeProblem(
  failure: { readonly code: string; readonly message: string; readonly detail: JsonObject },
  operation: string,
  headers: Readonly<Record<string, string>> = {},
): ProblemError {
  const code = isProblemCode(failure.code)
    ? failure.code
    : (lookUp(OUTCOME_PROBLEMS, failure.code) ?? "operation-failed");
  return new ProblemError(code, failure.message, { ...optionsOf(failure.detail), operation, headers });
}

function codeFor(name: string, code: string): ProblemCode {
  const codes = Object.hasOwn(ENGINE_PROBLEMS, name) ? ENGINE_PROBLEMS[name] : undefined;
  return (codes && (lookUp(codes, code) ?? codes["*"])) ?? "operation-failed";
}

function lookUp(codes: CodeMap, code: string): ProblemCode | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

function optionsOf(detail: JsonObject, cause?: Error): ProblemOptions {
  const { conflicts, ...rest } = detail;
  const list: unknown = conflicts;
  return {
    ...(Array.isArray(list) ? { conflicts: list } : {}),
    ...(Object.keys(rest).length === 0 ? {} : { detail: rest }),
    ...(cause === undefined ? {} : { cause }),
  };
}
