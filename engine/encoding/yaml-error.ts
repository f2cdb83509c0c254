import { EngineError } from "../errors.ts";

/**
 * - `yaml-syntax`: the text is no YAML (Go's `yaml: …` texts), or a value cannot become JSON.
 * - `yaml-type`: the text is YAML of another kind than the target (Go's `json: cannot unmarshal …`).
 * - `yaml-separator`: the stream of documents has a separator with text behind it.
 * - `yaml-encode`: a value has no YAML form.
 * - `yaml-panic`: Go's encoder panics: `toYamlPretty` swallows the others, but fails for this one.
 */
export type YamlErrorCode = "yaml-syntax" | "yaml-type" | "yaml-separator" | "yaml-encode" | "yaml-panic";

/** A refused YAML text or value. The message is Go's to the byte. */
export class YamlError extends EngineError<YamlErrorCode> {
  override readonly code: YamlErrorCode;
  constructor(code: YamlErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
