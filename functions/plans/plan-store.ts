import type { PartStore } from "../../engine/action/action.ts";
import type { PlanKeeper, PlanPins } from "../../engine/action/index.ts";
import { readText } from "../../engine/action/parts.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { type Principal, principalName } from "../access/principal.ts";
import type { Clock } from "../http/clock.ts";
import { toBytes, toHex } from "../http/digest.ts";
import { isJsonObject, parseJson, stringAt } from "../http/json.ts";
import type { RecordStore } from "../http/record-store.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { type ReleaseAddress, releaseKey } from "../operations/operation-id.ts";

/** How long a plan can be applied: what it rests on is checked again, so this bounds only what is stored. */
export const PLAN_LIFETIME: number = 60 * 60 * 1000;
/** Hex digits of a shown hash. */
const SHOWN = 12;
const DIGEST = /^[0-9a-f]{64}$/;

/** What keeping plans takes. */
export interface PlanStoreDeps {
  readonly records: RecordStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly parts: PartStore;
}

/** A kept plan. `pins` may hold secrets. */
export interface StoredPlan {
  readonly digest: string;
  readonly address: ReleaseAddress;
  readonly action: string;
  readonly principal: string;
  readonly created: number;
  readonly expires: number;
  readonly pins: PlanPins;
  /** Masked. */
  readonly report: JsonObject;
}

interface Sealed {
  readonly address: ReleaseAddress;
  readonly principal: string;
  readonly created: number;
  readonly pins: PlanPins;
  readonly report: Parameters<typeof readText>[1];
}

/** The keyed hash that masked values are shown by, the same as in manifests and values. */
export function maskHash(box: SecretBox): PlanKeeper["hash"] {
  return async (text) => toHex(await box.sign(toBytes(text), "mask")).slice(0, SHOWN);
}

/** Keeps the plans of one release, sealed. The digest is keyed, and covers the release. */
export function createPlanKeeper(
  deps: PlanStoreDeps,
  of: { readonly address: ReleaseAddress; readonly principal: Principal },
): PlanKeeper {
  const { box, records, clock } = deps;
  return {
    hash: maskHash(box),
    keep: async ({ facts, pins, report }) => {
      const digest = toHex(await box.sign(toBytes(`${releaseKey(of.address)}\n${facts}`), "plan"));
      const created = clock.now();
      const plan: Sealed = { address: of.address, principal: principalName(of.principal), created, pins, report };
      const sealed = await box.seal(toBytes(JSON.stringify(plan)), owner(digest));
      await records.put(keyOf(digest), { sealed }, { expires: created + PLAN_LIFETIME });
      return digest;
    },
  };
}

/** A plan by its digest; `undefined` when there is none, or no longer. Says nothing about who may see it. */
export async function readPlan(deps: PlanStoreDeps, digest: string): Promise<StoredPlan | undefined> {
  if (!DIGEST.test(digest)) return undefined;
  const record = await deps.records.get(keyOf(digest));
  if (record === undefined) return undefined;
  const sealed = isJsonObject(record.value) ? stringAt(record.value, "sealed") : undefined;
  const bytes = sealed === undefined ? undefined : await deps.box.open(sealed, owner(digest));
  if (bytes === undefined) throw new Error("plan: the stored plan cannot be opened");
  const plan = parseSealed(new TextDecoder().decode(bytes));
  const report = parseJson(await readText(deps.parts, plan.report));
  const { address, principal, created, pins } = plan;
  return {
    digest,
    address,
    principal,
    created,
    pins,
    action: pins.action,
    expires: record.expires ?? created + PLAN_LIFETIME,
    report: isJsonObject(report) ? report : {},
  };
}

/** Written by {@link createPlanKeeper} alone, and sealed since. */
function parseSealed(text: string): Sealed {
  const plan: Sealed = JSON.parse(text);
  return plan;
}

/** A plan as answers show it. */
export function planJson(plan: StoredPlan): JsonObject {
  const { name, namespace, cluster } = plan.address;
  return {
    ...plan.report,
    digest: plan.digest,
    cluster,
    principal: plan.principal,
    created: new Date(plan.created).toISOString(),
    expires: new Date(plan.expires).toISOString(),
    links: {
      self: `/v1/plans/${plan.digest}`,
      apply: `/v1/plans/${plan.digest}/apply`,
      release: `/v1/clusters/${cluster}/namespaces/${namespace}/releases/${name}`,
    },
  };
}

function keyOf(digest: string): string {
  return `plans/${digest}`;
}

function owner(digest: string): string {
  return `plan ${digest}`;
}
