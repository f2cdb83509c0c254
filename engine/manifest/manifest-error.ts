import { EngineError } from "../errors.ts";

/** Why rendered text was refused. */
export type ManifestErrorCode = "invalid-yaml";

/** A rendered document that is no YAML object. The message is Helm's: `YAML parse error on PATH: …`. */
export class ManifestError extends EngineError<ManifestErrorCode> {
  readonly code = "invalid-yaml";
}
