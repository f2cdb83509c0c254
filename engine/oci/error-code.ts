/** What a registry answers with each code of the distribution spec. */
export interface DistributionError {
  readonly status: number;
  readonly message: string;
}

/** A code of the distribution spec, or of distribution (`PAGINATION_NUMBER_INVALID`). Ours are `UNAVAILABLE`, for an upstream or a store that does not answer, `QUOTA_EXCEEDED` and `SIGNATURE_REQUIRED`. */
export type OciErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "PAGINATION_NUMBER_INVALID"
  | "SIZE_INVALID"
  | "UNAUTHORIZED"
  | "DENIED"
  | "UNSUPPORTED"
  | "TOOMANYREQUESTS"
  | "UNAVAILABLE"
  | "QUOTA_EXCEEDED"
  | "SIGNATURE_REQUIRED";

/** The codes of distribution-spec, "Error codes", with status and text. */
export const DISTRIBUTION_ERRORS: Readonly<Record<OciErrorCode, DistributionError>> = {
  BLOB_UNKNOWN: { status: 404, message: "blob unknown to registry" },
  BLOB_UPLOAD_INVALID: { status: 400, message: "blob upload invalid" },
  BLOB_UPLOAD_UNKNOWN: { status: 404, message: "blob upload unknown to registry" },
  DIGEST_INVALID: { status: 400, message: "provided digest did not match uploaded content" },
  MANIFEST_BLOB_UNKNOWN: { status: 404, message: "manifest references a manifest or blob unknown to registry" },
  MANIFEST_INVALID: { status: 400, message: "manifest invalid" },
  MANIFEST_UNKNOWN: { status: 404, message: "manifest unknown to registry" },
  NAME_INVALID: { status: 400, message: "invalid repository name" },
  NAME_UNKNOWN: { status: 404, message: "repository name not known to registry" },
  PAGINATION_NUMBER_INVALID: { status: 400, message: "invalid number of results requested" },
  SIZE_INVALID: { status: 413, message: "provided length did not match content length" },
  UNAUTHORIZED: { status: 401, message: "authentication required" },
  DENIED: { status: 403, message: "requested access to the resource is denied" },
  UNSUPPORTED: { status: 405, message: "the operation is unsupported" },
  TOOMANYREQUESTS: { status: 429, message: "too many requests" },
  QUOTA_EXCEEDED: { status: 403, message: "the project is full" },
  SIGNATURE_REQUIRED: { status: 403, message: "the project wants a signature that is not there" },
  UNAVAILABLE: { status: 503, message: "the registry cannot answer now" },
};
