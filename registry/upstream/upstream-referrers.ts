import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { Digest } from "../../engine/oci/digest.ts";
import { EgressError } from "../../engine/oci/egress-error.ts";
import { listReferrers } from "../../engine/oci/referrers.ts";
import { openSession } from "../../engine/oci/registry-session.ts";
import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { TransferError } from "../../engine/oci/transfer-error.ts";
import type { UpstreamDeps } from "./context.ts";
import { isOutage } from "./freshness.ts";
import type { OciUpstream } from "./upstream.ts";

/** What refers to a manifest at an upstream; undefined when the upstream gives no list. */
export type UpstreamReferrers = (
  repository: RepositoryName,
  subject: Digest,
) => Promise<readonly Descriptor[] | undefined>;

/** Asks one upstream of one project. Nothing is stored. */
export function createUpstreamReferrers(
  deps: Pick<UpstreamDeps, "egress" | "now" | "together">,
  project: string,
  upstream: OciUpstream,
): UpstreamReferrers {
  const { policy, credentials, tokenRealms, freshness, prefix = "" } = upstream;
  const session = openSession({
    egress: {
      send: async (request) => await deps.egress.send({ ...request, signal: AbortSignal.timeout(freshness.deadline) }),
    },
    policy,
    origin: new URL(upstream.url).origin,
    credentials,
    tokenRealms,
    now: deps.now,
    together: deps.together,
    actions: "pull",
  });
  return async (repository, subject) => {
    try {
      return await listReferrers({ session, repository: prefix + repository.slice(project.length + 1) }, subject);
    } catch (error) {
      if (isOutage(error) || error instanceof TransferError || error instanceof EgressError) return undefined;
      throw error;
    }
  };
}
