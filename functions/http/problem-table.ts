/** Every problem that a caller can meet. Closed: a code without a status and a title does not compile. */
export type ProblemCode =
  | "invalid-request"
  | "invalid-json"
  | "unauthorized"
  | "invalid-signature"
  | "token-refused"
  | "forbidden"
  | "untrusted-host"
  | "signature-required"
  | "not-found"
  | "cluster-not-found"
  | "release-not-found"
  | "chart-not-found"
  | "operation-not-found"
  | "token-not-found"
  | "receiver-not-found"
  | "plan-not-found"
  | "method-not-allowed"
  | "operation-running"
  | "operation-finished"
  | "release-busy"
  | "release-exists"
  | "release-held"
  | "field-conflict"
  | "managed-by-gitops"
  | "policy-denied"
  | "ownership-conflict"
  | "plan-stale"
  | "release-not-pending"
  | "idempotency-in-progress"
  | "idempotency-mismatch"
  | "payload-too-large"
  | "unsupported-media-type"
  | "invalid-chart"
  | "invalid-values"
  | "render-failed"
  | "operation-failed"
  | "cluster-refused"
  | "cancelled"
  | "timeout"
  | "interrupted"
  | "rate-limited"
  | "internal"
  | "cluster-unreachable"
  | "upstream-unavailable"
  | "store-unavailable"
  | "deadline";

/** How a problem is answered. `retryable`: the same request may succeed later without any change. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

/** Code → answer, once for the whole floor. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  "invalid-request": { status: 400, title: "The request is not valid", retryable: false },
  "invalid-json": { status: 400, title: "The body is not JSON", retryable: false },
  unauthorized: { status: 401, title: "A token is needed", retryable: false },
  "invalid-signature": { status: 401, title: "The delivery is not signed as configured", retryable: false },
  "token-refused": { status: 401, title: "The OIDC token is not taken", retryable: false },
  forbidden: { status: 403, title: "Not allowed", retryable: false },
  "untrusted-host": { status: 403, title: "The request came by another host or origin", retryable: false },
  "signature-required": { status: 403, title: "The content is not signed as its project wants it", retryable: false },
  "not-found": { status: 404, title: "There is nothing here", retryable: false },
  "cluster-not-found": { status: 404, title: "There is no such cluster", retryable: false },
  "release-not-found": { status: 404, title: "There is no such release", retryable: false },
  "chart-not-found": { status: 404, title: "There is no such chart", retryable: false },
  "operation-not-found": { status: 404, title: "There is no such operation", retryable: false },
  "token-not-found": { status: 404, title: "There is no such token", retryable: false },
  "receiver-not-found": { status: 404, title: "There is no such receiver", retryable: false },
  "plan-not-found": { status: 404, title: "There is no such plan, or no longer", retryable: false },
  "method-not-allowed": { status: 405, title: "The method is not allowed here", retryable: false },
  "operation-running": { status: 409, title: "Another operation is running on this release", retryable: true },
  "operation-finished": { status: 409, title: "The operation has already finished", retryable: false },
  "release-busy": { status: 409, title: "Another program is working on this release", retryable: true },
  "release-exists": { status: 409, title: "The release exists already", retryable: false },
  "release-held": { status: 409, title: "The release is on hold", retryable: false },
  "field-conflict": { status: 409, title: "Another manager owns fields of the chart", retryable: false },
  "managed-by-gitops": { status: 409, title: "A GitOps tool manages objects of the release, too", retryable: false },
  "policy-denied": { status: 422, title: "A policy denies the change", retryable: false },
  "ownership-conflict": { status: 409, title: "Objects exist that the release does not own", retryable: false },
  "plan-stale": { status: 409, title: "What the plan rests on has changed", retryable: false },
  "release-not-pending": { status: 409, title: "No revision is pending", retryable: false },
  "idempotency-in-progress": { status: 409, title: "A request with this key is being worked on", retryable: true },
  "idempotency-mismatch": { status: 422, title: "The key was used for another request", retryable: false },
  "payload-too-large": { status: 413, title: "The body is too large", retryable: false },
  "unsupported-media-type": { status: 415, title: "The body has an unknown media type", retryable: false },
  "invalid-chart": { status: 422, title: "The chart is not valid", retryable: false },
  "invalid-values": { status: 422, title: "The values are not valid", retryable: false },
  "render-failed": { status: 422, title: "The chart could not be rendered", retryable: false },
  "operation-failed": { status: 422, title: "The operation failed", retryable: false },
  "cluster-refused": { status: 422, title: "The cluster refused the change", retryable: false },
  cancelled: { status: 409, title: "The operation was cancelled", retryable: false },
  timeout: { status: 422, title: "The release did not become ready in time", retryable: false },
  interrupted: { status: 422, title: "The operation could not be taken up again", retryable: true },
  "rate-limited": { status: 429, title: "Too many requests", retryable: true },
  internal: { status: 500, title: "Something is wrong on our side", retryable: false },
  "cluster-unreachable": { status: 502, title: "The cluster did not answer", retryable: true },
  "upstream-unavailable": { status: 502, title: "The upstream registry did not answer", retryable: true },
  "store-unavailable": { status: 503, title: "The store is not available", retryable: true },
  deadline: { status: 504, title: "An answer took too long", retryable: true },
};

/** True for a code of {@link PROBLEMS}. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
