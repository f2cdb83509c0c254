import type { Identity } from "../../engine/kube/transport.ts";
import { KubeError } from "../../engine/kube/error.ts";

/** Headers that only this file sets: a caller's own are dropped. */
export function isIdentityHeader(name: string): boolean {
  return name === "authorization" || name.startsWith("impersonate-");
}

/** Kubernetes impersonation headers. Groups without a user are refused by the server; so is what cannot be a header value here. */
export function impersonationHeaders(identity: Identity): Readonly<Record<string, string | string[]>> {
  const headers: Record<string, string | string[]> = { "impersonate-user": checked(identity.user) };
  if (identity.groups !== undefined && identity.groups.length > 0) {
    headers["impersonate-group"] = identity.groups.map(checked);
  }
  if (identity.uid !== undefined) headers["impersonate-uid"] = checked(identity.uid);
  for (const [name, values] of Object.entries(identity.extra ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(name.toLowerCase())}`] = values.map(checked);
  }
  return headers;
}

function checked(value: string): string {
  if (value === "" || !/^[\x20-\x7e]*$/.test(value) || value.trim() !== value) {
    throw new KubeError("unauthorized", "an identity to be impersonated holds what no header can carry");
  }
  return value;
}
