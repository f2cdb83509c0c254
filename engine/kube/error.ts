import { EngineError, type JsonObject, type JsonValue } from "../errors.ts";
import { isJsonObject, listAt, memberAt, stringAt } from "../object/json.ts";
import { genericMessage, type ResponseContext } from "./error-text.ts";

/** What a cluster, or the way to it, can refuse. */
export type KubeErrorCode =
  /** No answer came: DNS, TLS, connection, credentials. */
  | "unreachable"
  | "unauthorized"
  | "forbidden"
  /** 404: the object. */
  | "not-found"
  /** 404: the path. The server serves no such kind, or what answered is no API server. */
  | "not-served"
  | "already-exists"
  /** 409: resourceVersion, uid or quota. */
  | "conflict"
  /** 409: fields owned by other managers. */
  | "apply-conflict"
  | "invalid"
  | "bad-request"
  | "method-not-allowed"
  | "unsupported-media-type"
  /** 410: the resourceVersion or continue token is too old. */
  | "gone"
  | "too-large"
  | "too-many-requests"
  /** 408, 504, and a server's own time limit. */
  | "timeout"
  | "unavailable"
  | "internal"
  /** The answer is no Kubernetes API answer, or larger than its budget. */
  | "bad-response"
  /** The request budget of the step is used up; nothing was sent. */
  | "budget"
  /** The cluster serves no such kind; nothing was sent. */
  | "no-match"
  /** A name that cannot be part of a path; nothing was sent. */
  | "bad-name"
  /** The kubeconfig cannot be used; nothing was sent. */
  | "bad-kubeconfig";

/** One cause of a refusal, as `metav1.StatusCause`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  /** A field path such as `.spec.replicas`; empty when the cause names none. */
  readonly field: string;
}

/**
 * A refusal by the cluster. `message` is the server's message, which Helm prints unchanged. `detail` has `status` (HTTP), `reason`,
 * and where the server told them `group`, `kind`, `name`, `causes` and `retryAfterSeconds`.
 */
export class KubeError extends EngineError<KubeErrorCode> {
  readonly code: KubeErrorCode;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** `metav1.Status.reason`; empty when unknown. */
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** What the server asked to wait before another try. */
  readonly retryAfterSeconds: number | undefined;
  constructor(code: KubeErrorCode, message: string, facts: KubeErrorFacts = {}, options?: ErrorOptions) {
    super(message, detailOf(facts), options);
    this.code = code;
    this.status = facts.status ?? 0;
    this.reason = facts.reason ?? "";
    this.causes = facts.causes ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** What is known about a refusal besides its message. */
export interface KubeErrorFacts {
  readonly status?: number;
  readonly reason?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number | undefined;
}

/** True for a {@link KubeError}, of one of the codes when any are given. */
export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}

/** A refusal from an answer that is no success: from its `metav1.Status`, else in the words of client-go. */
export function errorFromResponse(context: ResponseContext, body: JsonValue | undefined, text: string): KubeError {
  const status = parseStatus(body);
  if (status === undefined) {
    const facts = { status: context.status, retryAfterSeconds: context.retryAfterSeconds };
    const code = context.status === 404 ? "not-served" : codeOf(context.status, "", []);
    return new KubeError(code, genericMessage(context, text), facts);
  }
  const http = status.status === 0 ? context.status : status.status;
  const { message: said, ...told } = status;
  const facts: KubeErrorFacts = {
    ...told,
    status: http,
    retryAfterSeconds: context.retryAfterSeconds ?? status.retryAfterSeconds,
  };
  const message = said === "" ? genericMessage(context, text) : said;
  const code = codeOf(http, status.reason, status.causes);
  return new KubeError(code === "not-found" && !namesObject(status) ? "not-served" : code, message, facts);
}

/** An API server that misses an object says which, and one that misses the path names neither kind nor object. */
function namesObject({ kind, name }: ParsedStatus): boolean {
  return kind !== undefined || name !== undefined;
}

interface ParsedStatus {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** Reads a `metav1.Status`; `undefined` for anything else. */
export function parseStatus(json: JsonValue | undefined): ParsedStatus | undefined {
  if (!isJsonObject(json) || json["kind"] !== "Status" || json["apiVersion"] !== "v1") return undefined;
  const code = json["code"];
  const wait = memberAt(json, "details", "retryAfterSeconds");
  return {
    status: typeof code === "number" ? code : 0,
    reason: stringAt(json, "reason") ?? "",
    message: stringAt(json, "message") ?? "",
    causes: listAt(json, "details", "causes").slice(0, MAX_CAUSES).map(parseCause),
    ...(typeof wait === "number" && wait > 0 ? { retryAfterSeconds: wait } : {}),
    ...named("group", stringAt(json, "details", "group")),
    ...named("kind", stringAt(json, "details", "kind")),
    ...named("name", stringAt(json, "details", "name")),
  };
}

/** An object has at most some thousands of fields that others own; more causes only fill the memory. */
const MAX_CAUSES = 5000;

function parseCause(json: JsonValue): StatusCause {
  return {
    reason: stringAt(json, "reason") ?? "",
    message: stringAt(json, "message") ?? "",
    field: stringAt(json, "field") ?? "",
  };
}

function named(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

const BY_REASON: ReadonlyMap<string, KubeErrorCode> = new Map([
  ["Unauthorized", "unauthorized"],
  ["Forbidden", "forbidden"],
  ["NotFound", "not-found"],
  ["AlreadyExists", "already-exists"],
  ["Conflict", "conflict"],
  ["Gone", "gone"],
  ["Expired", "gone"],
  ["Invalid", "invalid"],
  ["ServerTimeout", "timeout"],
  ["Timeout", "timeout"],
  ["TooManyRequests", "too-many-requests"],
  ["BadRequest", "bad-request"],
  ["MethodNotAllowed", "method-not-allowed"],
  ["NotAcceptable", "unsupported-media-type"],
  ["UnsupportedMediaType", "unsupported-media-type"],
  ["RequestEntityTooLarge", "too-large"],
  ["InternalError", "internal"],
  ["ServiceUnavailable", "unavailable"],
]);

const BY_STATUS: ReadonlyMap<number, KubeErrorCode> = new Map([
  [400, "bad-request"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
  [405, "method-not-allowed"],
  [406, "unsupported-media-type"],
  [408, "timeout"],
  [409, "conflict"],
  [410, "gone"],
  [413, "too-large"],
  [415, "unsupported-media-type"],
  [422, "invalid"],
  [429, "too-many-requests"],
  [503, "unavailable"],
  [504, "timeout"],
]);

function codeOf(status: number, reason: string, causes: readonly StatusCause[]): KubeErrorCode {
  const code = BY_REASON.get(reason) ?? BY_STATUS.get(status) ?? (status >= 500 ? "internal" : "bad-response");
  if (code === "conflict" && causes.some((cause) => cause.reason === "FieldManagerConflict")) return "apply-conflict";
  return code;
}

function detailOf(facts: KubeErrorFacts): JsonObject {
  const { causes, retryAfterSeconds, ...rest } = facts;
  return {
    ...rest,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(causes === undefined || causes.length === 0 ? {} : { causes: causes.map((cause) => ({ ...cause })) }),
  };
}
