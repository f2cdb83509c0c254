import type { JsonObject, JsonValue } from "../errors.ts";
import type { PendingResolver } from "../render/input.ts";
import { answerPrivateKey } from "../sprig/keys.ts";
import type { PendingAnswer, PendingRequest } from "../template/pending.ts";

/** An answer, or the text with which the asking template fails. */
export type Answer<Value extends JsonValue> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: string };

/** What `lookup` asks; an empty name asks for the list. */
export interface LookupQuestion {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The private key that `genPrivateKey`, `genCA` and the like ask for. */
export interface KeyQuestion {
  readonly algorithm: "rsa" | "dsa" | "ecdsa" | "ed25519";
  readonly bits: number;
}

/**
 * Answers what a template asks of the outside. Whatever is absent is answered as in a dry run: `lookup` finds nothing, names have no
 * address, keys are made by WebCrypto. A rejection ends the render with that error.
 */
export interface Resolver {
  /** The object or list, `{}` where there is none. */
  readonly lookup?:
    | ((question: LookupQuestion, signal: AbortSignal | undefined) => Promise<Answer<JsonObject>>)
    | undefined;
  /** An address of a host: `getHostByName`. */
  readonly address?: ((host: string, signal: AbortSignal | undefined) => Promise<Answer<string>>) | undefined;
  /** A private key as PEM, in the form in which Go writes one of this kind. */
  readonly privateKey?:
    | ((question: KeyQuestion, signal: AbortSignal | undefined) => Promise<Answer<string>>)
    | undefined;
}

/** The resolver as the engine asks it: all questions of a pass at once. */
export function pendingResolver(resolver: Resolver): PendingResolver {
  return (requests, signal) => Promise.all(requests.map((request) => answer(resolver, request, signal)));
}

async function answer(
  resolver: Resolver,
  request: PendingRequest,
  signal: AbortSignal | undefined,
): Promise<PendingAnswer> {
  switch (request.kind) {
    case "lookup": {
      const { apiVersion, resourceKind, namespace, name } = request;
      const question = { apiVersion, kind: resourceKind, namespace, name };
      return (await resolver.lookup?.(question, signal)) ?? { ok: true, value: {} };
    }
    case "dns":
      return (await resolver.address?.(request.host, signal)) ?? { ok: true, value: "" };
    case "private-key": {
      const { algorithm, bits } = request;
      return (await resolver.privateKey?.({ algorithm, bits }, signal)) ?? (await answerPrivateKey(request));
    }
    case "function":
      break;
  }
  return { ok: false, error: `function ${JSON.stringify(request.name)} is not answered here` };
}
