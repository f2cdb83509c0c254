import { OciError } from "../../engine/oci/error.ts";

/** For `catch`: "there is no such repository" is an absence; a project in error stays an error. */
export function unknownName(error: unknown): undefined {
  if (error instanceof OciError && error.code === "NAME_UNKNOWN") return undefined;
  throw error;
}
