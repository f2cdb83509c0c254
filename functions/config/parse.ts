import { EngineError } from "../../engine/errors.ts";
import { parseDocument } from "yaml";
import { faultsOf } from "../http/body.ts";
import type { FieldFault } from "../http/problem.ts";
import { checkReferences } from "./check-references.ts";
import type { Config } from "./config.ts";
import { configSchema } from "./schema.ts";

/** A configuration is written by people; a larger one is a mistake. */
const MAX_CONFIG_BYTES: number = 4 * 1024 * 1024;
/** Nodes that aliases may make: against documents that grow when they are read. */
const MAX_ALIASES = 100;

/** A configuration that is refused as a whole. Each fault has the path and the reason; values are never quoted. */
export class ConfigError extends EngineError<"invalid-config"> {
  readonly code = "invalid-config";
  readonly faults: readonly FieldFault[];
  constructor(file: string, faults: readonly FieldFault[]) {
    const lines = faults.map(({ pointer, detail }) => `${file}: ${pointer === "" ? "/" : pointer}: ${detail}`);
    super(lines.join("\n"), { file });
    this.faults = faults;
  }
}

/** The configuration in a YAML text. Throws {@link ConfigError} with every fault that was found. `file` is for messages. */
export function parseConfig(text: string, file = "slipway.yaml"): Config {
  if (text.length > MAX_CONFIG_BYTES) throw new ConfigError(file, [{ pointer: "", detail: "larger than 4 MiB" }]);
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = text.slice(0, problem.pos[0]).split("\n").length;
    throw new ConfigError(file, [{ pointer: "", detail: `line ${line}: not valid YAML (${problem.code})` }]);
  }
  const written: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  const result = configSchema.safeParse(written ?? {});
  if (!result.success) throw new ConfigError(file, faultsOf(result.error.issues));
  const faults = checkReferences(result.data);
  if (faults.length > 0) throw new ConfigError(file, faults);
  return result.data;
}
