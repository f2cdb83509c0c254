import type { ReleaseAddress } from "../operations/operation-id.ts";

/** Where a release is on the HTTP surface. */
export const RELEASE_PATH = "/v1/clusters/{cluster}/namespaces/{namespace}/releases/{name}";

/** The release that a path names; the router has checked its parts. */
export function addressOfParams(params: Readonly<Record<string, string>>): ReleaseAddress {
  return { cluster: params["cluster"] ?? "", namespace: params["namespace"] ?? "", name: params["name"] ?? "" };
}
