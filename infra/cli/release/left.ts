import { getLeftFields, isYielded, type LeftField } from "../../../engine/action/index.ts";
import { policyOf } from "../../../engine/action/options.ts";
import type { ReadDeps } from "../../../engine/action/read.ts";
import { EngineError } from "../../../engine/errors.ts";
import type { Release } from "../../../engine/release/release.ts";
import { objectName } from "./ownership.ts";

/**
 * What `slipway status` prints below helm's text about fields that are left to others; empty when there are none. Where the cluster does
 * not show them nothing is said: the status is helm's.
 */
export async function leftText(deps: ReadDeps, release: Release): Promise<string> {
  const policy = policyOf({ conflicts: "default", forceConflicts: false });
  try {
    const { fields } = await getLeftFields(deps, release, { policy });
    const yielded = fields.filter((field) => isYielded(field, release));
    return yielded.length === 0 ? "" : ["LEFT TO OTHERS:", ...yielded.map(line), ""].join("\n");
  } catch (error) {
    if (error instanceof EngineError) return "";
    throw error;
  }
}

function line(field: LeftField): string {
  const owners = field.owners.map(({ manager, subresource, since }) => {
    const through = subresource === "" ? "" : ` through ${subresource}`;
    return `${manager}${through}${since === undefined ? "" : ` since ${since}`}`;
  });
  return `${objectName(field)}: ${field.field} is owned by ${owners.join(" and ")}`;
}
