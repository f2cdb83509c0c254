import { EngineError } from "../../engine/errors.ts";

/** Why a store could not do what was asked; nothing of the write is visible then. */
export type StoreErrorCode = "unavailable" | "digest-mismatch" | "too-large";

/** What every `ObjectStore` throws. */
export class StoreError extends EngineError<StoreErrorCode> {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.code = code;
  }
}
