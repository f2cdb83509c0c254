/** A JSON value. Kubernetes objects, error details and journal entries are made of these. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object. Read a member through an index: its type is never known beforehand. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * A refusal: the input, the cluster or an upstream does not allow what was asked. `code` is one of a closed set per
 * folder, so that every edge can map it. A defect of our own is a plain `Error` and is never shown to a caller.
 */
export abstract class EngineError<Code extends string = string> extends Error {
  abstract readonly code: Code;
  /** Facts for machines, safe to show to the caller: never secrets, never manifests. */
  readonly detail: JsonObject;
  constructor(message: string, detail: JsonObject = {}, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
    this.name = new.target.name;
  }
}
