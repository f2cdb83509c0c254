import { formatHex } from "../../engine/oci/digest.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";

/** An upload that is not finished by then is unknown. */
export const LIFETIME_MS: number = 24 * 3_600_000;
const ID = /^[0-9a-f]{44}$/;

/**
 * The id of an upload: 8 random bytes, the second it began in, and a sum over both and the repository. The sum tells an id that was given
 * out from one that never was, so that a fresh upload need not be stored. It opens nothing: whoever may push can have an id.
 */
export function makeUploadId(repository: RepositoryName, now: number, random: Uint8Array): string {
  const begun = Math.floor(now / 1000);
  const head = formatHex(random) + begun.toString(16).padStart(12, "0");
  return head + sumOf(repository, head);
}

/** True for an id that was given out for the repository and is not too old. */
export function isUploadId(id: string, repository: RepositoryName, now: number): boolean {
  if (!ID.test(id)) return false;
  const age = now - Number.parseInt(id.slice(16, 28), 16) * 1000;
  return age < LIFETIME_MS && id.slice(28) === sumOf(repository, id.slice(0, 28));
}

/** When an upload began, in milliseconds since 1970; undefined for what is no id. */
export function uploadBegun(id: string): number | undefined {
  return ID.test(id) ? Number.parseInt(id.slice(16, 28), 16) * 1000 : undefined;
}

function sumOf(repository: RepositoryName, head: string): string {
  const text = `${repository}@${head}`;
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  }
  return eightDigits(a ^ (b >>> 16)) + eightDigits(b ^ (a >>> 15));
}

function eightDigits(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
