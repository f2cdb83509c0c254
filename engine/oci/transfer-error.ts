import { EngineError } from "../errors.ts";

/** `not-found`: there is no such thing. `refused`: an answer that is no success, or content that is not what it should be. */
export type TransferErrorCode = "not-found" | "refused";

/** A chart did not get from or to a server. The message is what `helm` prints; it holds no credentials. */
export class TransferError extends EngineError<TransferErrorCode> {
  readonly code: TransferErrorCode;
  constructor(code: TransferErrorCode, message: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.code = code;
  }
}
