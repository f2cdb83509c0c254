/** A command line, a configuration or a machine that the command cannot work with. The message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
