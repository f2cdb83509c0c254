import { EngineError, type JsonObject } from "../errors.ts";

/**
 * Why a release or its record refused:
 * `not-found` no such release or revision; `exists` the revision is already recorded; `invalid` a record, name or label that cannot be
 * read or written; `too-large` the record is over the API server's limit; `changed` somebody else wrote the record; `cluster` the API
 * server refused the request.
 */
export type ReleaseErrorCode = "not-found" | "exists" | "invalid" | "too-large" | "changed" | "cluster";

/** A refusal of this folder. `message` is Helm's where Helm has one. */
export class ReleaseError extends EngineError<ReleaseErrorCode> {
  readonly code: ReleaseErrorCode;
  constructor(code: ReleaseErrorCode, message: string, detail: JsonObject = {}, options?: ErrorOptions) {
    super(message, detail, options);
    this.code = code;
  }
}
