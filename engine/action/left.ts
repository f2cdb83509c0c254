import { FIELD_MANAGER } from "../kube/client.ts";
import type { Release } from "../release/release.ts";
import type { EventObject } from "./event.ts";
import { eventObject } from "./event-object.ts";
import { type OwnedField, ownedFields } from "./ownership.ts";
import type { ReadDeps } from "./read.ts";
import { readStandings, type StandingQuery } from "./standing.ts";

/** A field that the release sets and others own alone. `decision`: what an upgrade with the same chart and values would do. */
export type LeftField = EventObject & OwnedField;

/** Fields that are left to others; not `complete` where the requests were not enough for all objects. */
export interface LeftFields {
  readonly fields: readonly LeftField[];
  readonly complete: boolean;
}

/**
 * The fields of a release that are left to others, by what is in the cluster: nothing is written down when a field is yielded, so that what
 * somebody takes later is told as well, and what is reclaimed is gone from here.
 */
export async function getLeftFields(
  deps: ReadDeps,
  release: Release,
  query: Pick<StandingQuery, "policy">,
): Promise<LeftFields> {
  const { items, next } = await readStandings(deps, release, { ...query, requests: 1 });
  const fields = items.flatMap((one) =>
    ownedFields(one)
      .filter(isLeft)
      .map((field) => ({ ...eventObject(one.object), ...field })),
  );
  return { fields, complete: next === undefined };
}

function isLeft({ owners, decision }: OwnedField): boolean {
  return decision !== "remove" && owners.length > 0 && owners.every((owner) => owner.manager !== FIELD_MANAGER);
}

/**
 * True when the last deployment left the field, or the next one would: the others were taken since, and an upgrade meets them as a
 * conflict.
 */
export function isYielded({ owners, decision }: OwnedField, release: Release): boolean {
  if (decision === "yield") return true;
  const deployed = Date.parse(release.info.lastDeployed ?? "");
  return release.info.status === "deployed" && owners.every(({ since = "" }) => Date.parse(since) <= deployed);
}
