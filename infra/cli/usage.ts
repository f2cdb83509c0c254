/** A command line, a configuration or a machine that the command cannot work with. The message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Runs a parser of flags; what it refuses is a {@link UsageError}. */
export function parseOrRefuse<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
