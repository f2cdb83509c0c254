import { goInt } from "../go/value.ts";
import type { GoTypeName } from "../go/value.ts";
import type { Frame } from "./frame.ts";

/** The parameters of a function or method. With `variadic` the last one repeats. */
export interface Signature {
  readonly parameters: readonly GoTypeName[];
  readonly variadic?: boolean;
  /** Why it cannot be called at all. */
  readonly refusal?: string | undefined;
}

/** Fails unless `given` written arguments and `final` piped ones (0 or 1) fit the signature. */
export function checkCount(frame: Frame, name: string, signature: Signature, given: number, final: 0 | 1): void {
  const { parameters, variadic = false } = signature;
  const least = parameters.length - (variadic ? 1 : 0);
  if (variadic) {
    if (given + final >= least) return checkRefusal(frame, signature);
    frame.fail("wrong number of args for %s: want at least %d got %d", name, goInt(least), goInt(given));
  }
  if (given + final === least) return checkRefusal(frame, signature);
  frame.fail("wrong number of args for %s: want %d got %d", name, goInt(least), goInt(given + final));
}

function checkRefusal(frame: Frame, { refusal }: Signature): void {
  if (refusal !== undefined) frame.fail("%s", refusal);
}

/** True if the count fits and the call is not refused anyway. */
export function countFits(signature: Signature, given: number, final: 0 | 1): boolean {
  const { parameters, variadic = false } = signature;
  if (signature.refusal !== undefined) return false;
  return variadic ? given + final >= parameters.length - 1 : given + final === parameters.length;
}

/** The type that the argument at `index` must have. */
export function parameterType(signature: Signature, index: number): GoTypeName {
  const { parameters } = signature;
  return parameters[Math.min(index, parameters.length - 1)] ?? "interface {}";
}
