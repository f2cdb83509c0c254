import type { RepositoryName } from "../../engine/oci/repository-name.ts";
import { OciError } from "../../engine/oci/error.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { LocatedRepository } from "../projects/projects.ts";
import { isAllowed } from "./authorize.ts";
import { type RequestContext, wishFor } from "./context.ts";

/**
 * Passes for a manifest that is signed as its project wants it, and for what was pushed here when whoever may push asks for it by the
 * project's own name. Throws OciError `SIGNATURE_REQUIRED`.
 */
export async function assertPullable(
  context: RequestContext,
  asked: RepositoryName,
  at: LocatedRepository,
  head: ManifestHead,
): Promise<void> {
  try {
    await context.deps.signatures?.assertSigned({ asked, at, head });
  } catch (error) {
    const isUnsigned = error instanceof OciError && error.code === "SIGNATURE_REQUIRED";
    const isOwn = at.project.kind === "hosted" && at.repository === asked;
    if (!isUnsigned || !isOwn || !(await isAllowed(context, wishFor(asked, ["unsigned"])))) throw error;
  }
}
