import type { Chart } from "../chart/chart.ts";
import { isKubeError, KubeError } from "../kube/error.ts";
import type { ResourceMapping } from "../kube/mapping.ts";
import { readLive, refOf, refText } from "../kube/read-live.ts";
import { listAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName } from "../object/read.ts";
import { type Decided, decide, type DecidePolicy } from "../plan/decide.ts";
import type { PlannedCrd, PlannedObject } from "../plan/plan.ts";
import { CRD_KIND, mappingsOf } from "./crd.ts";
import { ActionError } from "./errors.ts";
import { eventObject } from "./event-object.ts";
import { comingCrds } from "./open-chart.ts";
import { refuseConflicts } from "./plan-objects.ts";
import { plannedDiscovery } from "./planned-discovery.ts";
import type { CrdPolicy } from "./request.ts";
import type { Step } from "./step.ts";
import { tellConflicts } from "./tell-conflicts.ts";

/** The CRDs of an upgrade: what is done with each, what it was decided on, and the kinds that it brings. */
export interface UpgradeCrds {
  readonly crds: readonly PlannedCrd[];
  readonly mappings: readonly ResourceMapping[];
  /** As the objects of `crds`, file after file. */
  readonly evidence: readonly (Decided & { readonly live: KubeObject | undefined })[];
}

export interface UpgradeCrdsInput {
  readonly policy: CrdPolicy;
  readonly chart: Chart;
  readonly how: { readonly serverSide: boolean; readonly force: boolean };
  readonly conflicts: DecidePolicy;
  readonly mappingFor: Parameters<typeof comingCrds>[2];
  /** A plan tells what must fail; anything else is refused by it here. */
  readonly lenient: boolean;
}

const NONE: UpgradeCrds = { crds: [], mappings: [], evidence: [] };

/**
 * Reads the CRDs of `crds/` and decides about them. Those that are there are applied server-side, whatever the release's own method: no
 * record says what they were. Throws `ActionError` `stored-version` where objects may be stored in a version that the chart's CRD no
 * longer has, `conflict` where others own its fields.
 */
export async function upgradeCrds(step: Step, input: UpgradeCrdsInput): Promise<UpgradeCrds> {
  if (input.policy === "skip") return NONE;
  const files = comingCrds(input.chart, input.how, input.mappingFor).crds.map((file) => onlyCrds(step, file));
  const lives = await readCrds(
    step,
    files.flatMap((file) => file.objects),
  );
  const decided = new Map<PlannedObject, Decided & { readonly live: KubeObject | undefined }>();
  for (const planned of files.flatMap((file) => file.objects)) {
    const live = lives.get(refText(refOf(planned.object)));
    decided.set(planned, { ...decideCrd(step, input, planned, live), live });
  }
  const evidence = [...decided.values()];
  for (const one of evidence) tellConflicts(step, one);
  if (!input.lenient) refuseConflicts(evidence);
  const crds = files.map(({ name, objects }) => ({
    name,
    objects: objects.map((one) => decided.get(one)?.planned ?? one),
  }));
  const written = evidence.filter(({ planned }) => planned.write !== "unchanged");
  return { crds, mappings: written.flatMap(({ planned }) => mappingsOf(planned.object)), evidence };
}

function onlyCrds(step: Step, { name, objects }: PlannedCrd): PlannedCrd {
  const others = objects.filter((one) => one.object.kind !== CRD_KIND);
  for (const { object } of others) {
    const message = `${name}: ${object.kind} ${getName(object)} is no CRD: an upgrade leaves it alone`;
    step.emit({ type: "warning", message });
  }
  return { name, objects: objects.filter((one) => !others.includes(one)) };
}

async function readCrds(step: Step, crds: readonly PlannedObject[]): Promise<ReadonlyMap<string, KubeObject>> {
  const { reads, remaining } = await readLive(step.session, {
    discovery: plannedDiscovery(crds),
    refs: crds.map((one) => refOf(one.object)),
    want: "whole",
    reads: "get",
  });
  if (remaining.length > 0) throw new KubeError("budget", "the CRDs of the chart take more than one step to read");
  const found = new Map<string, KubeObject>();
  for (const [ref, read] of reads) {
    if (read.kind === "error" && isKubeError(read.error, "unreachable")) throw read.error;
    if (read.kind === "error")
      throw new ActionError(
        "apply-failed",
        `could not get information about a CRD of the chart: ${read.error.message}`,
        {
          kube: read.error.code,
        },
      );
    if (read.kind === "present") found.set(ref, read.object);
  }
  return found;
}

function decideCrd(step: Step, input: UpgradeCrdsInput, planned: PlannedObject, live: KubeObject | undefined): Decided {
  if (live === undefined) return { planned, conflicts: [] };
  const { object, mapping } = planned;
  if (input.policy === "create") {
    const kept = { object, mapping, write: "unchanged", yielded: [], force: false, migrate: false } as const;
    return { planned: kept, conflicts: [] };
  }
  checkVersions(step, object, live, input.lenient);
  return decide({ desired: object, mapping, live, migrate: true, autoscaled: false, policy: input.conflicts });
}

/** Helm and the API server alike would leave objects behind that nobody can read: the API server refuses it, but in the middle of things. */
function checkVersions(step: Step, wanted: KubeObject, live: KubeObject, lenient: boolean): void {
  const name = getName(wanted);
  const coming = versionsOf(wanted);
  const stored = listAt(live, "status", "storedVersions").filter((version) => typeof version === "string");
  const lost = stored.filter((version) => !coming.includes(version));
  if (lost.length > 0) {
    const message = `CRD ${name}: the chart no longer has version ${lost.join(", ")}, in which objects may be stored (status.storedVersions); store them in another version, take it out of status.storedVersions, and upgrade again`;
    if (!lenient)
      throw new ActionError("stored-version", message, { object: { ...eventObject(wanted) }, versions: lost });
    step.emit({ type: "warning", message });
    return;
  }
  const dropped = versionsOf(live).filter((version) => !coming.includes(version));
  if (dropped.length > 0)
    step.emit({ type: "warning", message: `CRD ${name}: version ${dropped.join(", ")} is no longer served` });
}

function versionsOf(crd: KubeObject): readonly string[] {
  return listAt(crd, "spec", "versions").flatMap((version) => stringAt(version, "name") ?? []);
}
