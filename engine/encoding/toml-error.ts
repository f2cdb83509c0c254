import { EngineError } from "../errors.ts";

/**
 * - `toml-syntax`: the text is no TOML.
 * - `toml-encode`: a value has no TOML form.
 * - `toml-panic`: Go's encoder panics: `toToml` returns the text of the others, but fails for this one.
 */
export type TomlErrorCode = "toml-syntax" | "toml-encode" | "toml-panic";

/** A refused TOML text or value, with the text of BurntSushi/toml 1.6.0. */
export class TomlError extends EngineError<TomlErrorCode> {
  override readonly code: TomlErrorCode;
  constructor(code: TomlErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
