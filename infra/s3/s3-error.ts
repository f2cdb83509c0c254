import { S3ServiceException } from "@aws-sdk/client-s3";
import { BrokenBody } from "../../registry/content/body.ts";
import { StoreError } from "../../registry/content/store-error.ts";

/** True for answers that mean "there is no such object". A missing bucket is a failure; only HEAD cannot tell it apart. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NotFound");
}

/** True when a condition of a write did not hold: 412, 404 for a version of nothing, and 409 where another writer was busy with the key. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const { httpStatusCode: status } = error.$metadata;
  return status === 412 || error.name === "NoSuchKey" || error.name === "ConditionalRequestConflict";
}

/**
 * The service's failures and broken connections as StoreErrors. The service's own error is not kept as a cause: it holds the whole
 * request, signature included.
 */
function asStoreError(error: unknown): unknown {
  if (error instanceof StoreError || error instanceof BrokenBody) return error;
  if (error instanceof S3ServiceException) {
    const code = error.name === "EntityTooLarge" ? "too-large" : "unavailable";
    return new StoreError(code, `S3 refuses: ${error.name}`);
  }
  const broken = error instanceof Error && (error.name === "TimeoutError" || "code" in error || "$metadata" in error);
  return broken ? new StoreError("unavailable", `S3 does not answer: ${error.name}`) : error;
}

/** Runs a call; its failures are StoreErrors, "there is none" is undefined. */
export async function asking<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asStoreError(error);
  }
}

/** Tries of a write that met a folder which another delete was taking away. */
const MAX_TRIES = 5;

/**
 * {@link asking} where "there is none" is a failure too. A write that did nothing because of a race within the service is sent again:
 * VersityGW over a file system calls a folder that goes at that moment an object in the way. Our keys never lie below one another.
 */
export async function requiring<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const raced = error instanceof S3ServiceException && error.name === "ExistingObjectIsDirectory";
      if (!raced || tries === MAX_TRIES) throw asStoreError(error);
    }
  }
}
