import type { JsonValue } from "../errors.ts";

/**
 * A question that a template asked and that only the outside can answer. Answers are memoised by {@link PendingRequest.key};
 * key generation counts its calls within the file, so that two calls give two keys.
 */
export type PendingRequest =
  | {
      readonly kind: "lookup";
      readonly key: string;
      readonly apiVersion: string;
      readonly resourceKind: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly kind: "dns"; readonly key: string; readonly host: string }
  | {
      readonly kind: "private-key";
      readonly key: string;
      readonly algorithm: "rsa" | "dsa" | "ecdsa" | "ed25519";
      readonly bits: number;
      /** Keys of the same kind that the file will likely ask for next. */
      readonly following?: number;
    }
  | {
      readonly kind: "function";
      readonly key: string;
      readonly name: string;
      readonly args: readonly JsonValue[];
      /** What the template goes on with as long as there is no answer. */
      readonly zero: JsonValue;
    };

/** The answer to a {@link PendingRequest}: a value, or the text of the Go error that the function shall return. */
export type PendingAnswer =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly error: string };

/**
 * Thrown through a running template when an answer is missing. The file stops, the others run on; once all misses of a pass are
 * answered the stopped files run again with clock and randomness replayed. Not an `Error`: no template ever sees it.
 */
export class Pending {
  readonly request: PendingRequest;
  constructor(request: PendingRequest) {
    this.request = request;
  }
}
