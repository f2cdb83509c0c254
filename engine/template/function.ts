import type { GoTypeName, GoValue } from "../go/value.ts";
import type { PendingRequest } from "./pending.ts";
import type { JsonValue } from "../errors.ts";

/** What a running template lends to the functions that it calls. */
export interface CallContext {
  /** Milliseconds since 1970, the same for the whole render. */
  readonly now: number;
  /** The next `length` bytes of the render's cryptographic stream; replayed when a file runs again. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Counts work against the render's budget; throws a `TemplateError` of code `budget` when it is spent. `units` are about a microsecond of work. */
  readonly spend: (units: number) => void;
  /** Counts bytes that a function is about to make, before it makes them. */
  readonly reserve: (bytes: number) => void;
  /** The memoised answer to `request`, or a throw of `Pending`. A failed answer throws `GoFailure`. */
  readonly ask: (request: PendingRequest) => JsonValue;
  /** How many `private-key` requests this file has made so far; the number makes the next key's name. */
  readonly nextOrdinal: () => number;
  /** What `make` gave for `key` in an earlier pass of this render, or gives now. For dear work whose arguments `key` tells in full. */
  readonly remember: (key: string, make: () => string) => string;
  /** Runs a named template of the set on `data`. Helm's `include`. */
  readonly include: (name: string, data: GoValue) => string;
  /** Parses and runs `text` in a clone of the set. Helm's `tpl`. */
  readonly tpl: (text: string, data: GoValue) => string;
  /** True in `helm lint`: `required` and `fail` warn instead. */
  readonly lint: boolean;
  readonly warn: (message: string, attributes?: Readonly<Record<string, string>>) => void;
}

/**
 * A template function with Go's signature. `parameters` are Go type names; with `variadic` the last one repeats, and its elements
 * are checked one by one. Arguments arrive checked and converted (template/call.ts). A failure is a thrown `GoFailure`.
 */
export interface GoFunction {
  readonly parameters: readonly GoTypeName[];
  readonly variadic?: boolean;
  readonly call: (args: readonly GoValue[], context: CallContext) => GoValue;
}

/** Functions by the name that templates use. Static: per-render state comes in through {@link CallContext}. */
export type FunctionTable = ReadonlyMap<string, GoFunction>;
