import { EngineError, type JsonObject } from "../errors.ts";

/** `cycle`: groups or subcharts wait for each other. `unreadable`: what is waited for is no list of names. */
export type OrderErrorCode = "cycle" | "unreadable";

/** An order that a chart asks for and that cannot be. */
export class OrderError extends EngineError<OrderErrorCode> {
  readonly code: OrderErrorCode;
  constructor(code: OrderErrorCode, message: string, detail: JsonObject = {}) {
    super(message, detail);
    this.code = code;
  }
}
