import { EngineError } from "../errors.ts";

/** `refused`: the policy does not allow it. `unreachable`: name, connection, TLS, time-out. `broken`: the answer's body broke off. */
export type EgressErrorCode = "refused" | "unreachable" | "broken";

/** No answer came. The message names host and policy, never a query or a header. */
export class EgressError extends EngineError<EgressErrorCode> {
  readonly code: EgressErrorCode;
  constructor(code: EgressErrorCode, message: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.code = code;
  }
}
