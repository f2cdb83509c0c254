import { EngineError, type JsonObject } from "../../engine/errors.ts";
import { PROBLEMS, type ProblemCode } from "./problem-table.ts";

/** One fault of a request's body: a JSON pointer (RFC 6901) into it and what is wrong there. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a problem says beyond its code. */
export interface ProblemOptions {
  readonly errors?: readonly FieldFault[];
  /** Fields that another manager owns, as the engine explains them. */
  readonly conflicts?: readonly JsonObject[];
  /** Every template that failed, with its place. */
  readonly templateErrors?: readonly JsonObject[];
  /** The operation that is meant: the one in the way, or the one that failed. */
  readonly operation?: string;
  readonly detail?: JsonObject;
  readonly retryable?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal on the HTTP floor. The message is shown to the caller. */
export class ProblemError extends EngineError<ProblemCode> {
  readonly code: ProblemCode;
  readonly options: ProblemOptions;
  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.detail ?? {}, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.options = options;
  }
}

/** The RFC 9457 document of a problem. */
export function problemDocument(problem: ProblemError, instance?: string): JsonObject {
  const { status, title, retryable } = PROBLEMS[problem.code];
  const { errors, conflicts, operation, templateErrors } = problem.options;
  return {
    type: `urn:slipway:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    retryable: problem.options.retryable ?? retryable,
    ...(instance === undefined ? {} : { instance }),
    ...(operation === undefined ? {} : { operation }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => ({ ...error })) }),
    ...(conflicts === undefined ? {} : { conflicts }),
    ...(templateErrors === undefined ? {} : { templateErrors }),
    ...(Object.keys(problem.detail).length === 0 ? {} : { facts: problem.detail }),
  };
}

/** The answer to a request that ended in a problem. */
export function problemResponse(problem: ProblemError, instance?: string): Response {
  const headers = new Headers(problem.options.headers);
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  if (problem.code === "unauthorized" && !headers.has("www-authenticate")) {
    headers.set("www-authenticate", 'Bearer realm="slipway"');
  }
  return new Response(JSON.stringify(problemDocument(problem, instance)), {
    status: PROBLEMS[problem.code].status,
    headers,
  });
}
