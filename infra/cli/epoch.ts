import { numberError, parseInt64 } from "../../engine/go/strconv.ts";
import { CommandError } from "./command.ts";
import type { CommandIo } from "./command.ts";

/** The last second that a date can show. */
const LATEST = 8_640_000_000_000n;

/** `SOURCE_DATE_EPOCH` in seconds since 1970; `undefined` where it is not set. Throws {@link CommandError} with Helm's text. */
export function readEpoch({ environment }: Pick<CommandIo, "environment">): number | undefined {
  const text = environment("SOURCE_DATE_EPOCH") ?? "";
  if (text === "") return undefined;
  const { value, failure } = parseInt64(text);
  if (failure !== undefined) throw refuse(numberError("ParseInt", text, failure));
  if (value < 0n) throw refuse("must not be negative");
  if (value > LATEST) throw refuse(numberError("ParseInt", text, "value out of range"));
  return Number(value);
}

function refuse(reason: string): CommandError {
  return new CommandError(`invalid SOURCE_DATE_EPOCH: ${reason}`);
}
