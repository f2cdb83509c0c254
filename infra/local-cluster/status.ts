import type { JsonObject } from "../../engine/errors.ts";
import { wholeAnswer } from "../../engine/kube/answer.ts";
import type { ClusterResponse } from "../../engine/kube/transport.ts";

/** What a resource is called in an error, e.g. `deployments.apps`. */
export interface StatusSubject {
  readonly group: string;
  readonly plural: string;
  readonly name: string;
  readonly kind: string;
}

/** A refusal of the API, thrown inside the cluster and answered as `metav1.Status`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;
  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

function qualified({ group, plural }: StatusSubject): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function detailsOf(subject: StatusSubject, causes?: readonly JsonObject[]): JsonObject {
  return {
    ...(subject.name === "" ? {} : { name: subject.name }),
    ...(subject.group === "" ? {} : { group: subject.group }),
    kind: subject.plural,
    ...(causes === undefined ? {} : { causes }),
  };
}

/** 404 for an object. */
export function notFound(subject: StatusSubject): Refusal {
  return new Refusal(404, "NotFound", `${qualified(subject)} "${subject.name}" not found`, detailsOf(subject));
}

/** 404 for a path that no kind has. */
export function noSuchPath(): Refusal {
  return new Refusal(404, "NotFound", "the server could not find the requested resource", {});
}

/** 404 for a group or version that nobody serves: the server's router answers, with text. */
export function pageNotFound(): ClusterResponse {
  return wholeAnswer(404, { "content-type": "text/plain; charset=utf-8" }, "404 page not found\n");
}

/** 409 for a create. */
export function alreadyExists(subject: StatusSubject): Refusal {
  return new Refusal(
    409,
    "AlreadyExists",
    `${qualified(subject)} "${subject.name}" already exists`,
    detailsOf(subject),
  );
}

/** 409 for a write that was not based on the newest version. */
export function modified(subject: StatusSubject): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name}": the object has been modified; please apply your changes to the latest version and try again`;
  return new Refusal(409, "Conflict", message, detailsOf(subject));
}

/** 409 for an apply. */
export function applyConflict(message: string, causes: readonly JsonObject[]): Refusal {
  return new Refusal(409, "Conflict", message, { causes });
}

/** 422 with field errors. */
export function invalid(
  subject: StatusSubject,
  errors: readonly { readonly field: string; readonly message: string; readonly reason: string }[],
): Refusal {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  const text = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
  const name = subject.group === "" ? subject.kind : `${subject.kind}.${subject.group}`;
  return new Refusal(422, "Invalid", `${name} "${subject.name}" is invalid: ${text}`, {
    ...detailsOf(
      { ...subject, plural: subject.kind },
      errors.map(({ field, message, reason }) => ({ reason, message, field })),
    ),
  });
}

/** 400 with a sentence. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

/** The answer that a refusal is. */
export function refusalResponse(refusal: Refusal): ClusterResponse {
  return jsonResponse(refusal.code, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: refusal.message,
    ...(refusal.reason === "" ? {} : { reason: refusal.reason }),
    ...(refusal.details === undefined ? {} : { details: refusal.details }),
    code: refusal.code,
  });
}

/** A JSON answer. */
export function jsonResponse(
  status: number,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): ClusterResponse {
  return wholeAnswer(status, { "content-type": "application/json", ...headers }, JSON.stringify(body));
}
