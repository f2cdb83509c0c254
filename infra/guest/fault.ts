import type { PluginErrorCode } from "../../engine/plugin/index.ts";

/** What ends a guest in the middle: thrown through it by a host function. */
export class GuestFault extends Error {
  readonly code: PluginErrorCode;
  constructor(code: PluginErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The guest ended itself. */
export class GuestExit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`module closed with exit_code(${exitCode})`);
    this.exitCode = exitCode;
  }
}
