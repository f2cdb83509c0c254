import { AttestationError } from "./attestation-error.ts";
import { parseBundle } from "./bundle.ts";
import type { VerifyingKey } from "./cosign-key.ts";

/**
 * Checks that a key signed a file by a bundle of `cosign sign-blob`. `shown` names the file. Throws {@link AttestationError}
 * `invalid-bundle` and `not-signed`.
 */
export function verifyFileBundle(
  key: VerifyingKey,
  { shown, data, bundle }: { readonly shown: string; readonly data: Uint8Array; readonly bundle: Uint8Array },
): void {
  const parsed = parseBundle(bundle);
  if (parsed?.kind !== "message") {
    throw new AttestationError("invalid-bundle", `${shown}: its signature is no Sigstore bundle of a file`);
  }
  if (!key.verify(data, parsed.signature)) {
    throw new AttestationError(
      "not-signed",
      `${shown}: the signature is not by the given key, or the file was changed`,
    );
  }
}
