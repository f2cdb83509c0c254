import { decodeYamlJson } from "../encoding/yaml-decode.ts";
import { readYamlDocuments } from "../encoding/yaml-documents.ts";
import { YamlError } from "../encoding/yaml-error.ts";
import type { JsonObject, JsonValue } from "../errors.ts";
import { isJsonObject, stringAt } from "../object/json.ts";
import type { Plan, PlannedObject } from "../plan/plan.ts";
import type { SecretSource } from "../plan/secret-texts.ts";
import {
  type HearPlugin,
  PluginError,
  type PolicyFinding,
  type PolicyObject,
  type PolicyPlan,
  withoutSecrets,
} from "../plugin/index.ts";
import type { Release } from "../release/release.ts";
import { unlisted } from "./build.ts";
import { ActionError } from "./errors.ts";
import { veiledFindings } from "./findings.ts";
import { createHearing, valuesIn } from "./hearing.ts";
import type { ReleaseTarget } from "./request.ts";
import type { Step } from "./step.ts";

/** Findings of one policy as it wrote them, by the name that people know it by. */
export interface Judgement {
  readonly policy: string;
  readonly findings: readonly PolicyFinding[];
}

/** Has every policy of this place judge a plan. Throws a `PluginError` where one cannot. */
export type JudgePlan = (plan: PolicyPlan, signal?: AbortSignal, hear?: HearPlugin) => Promise<readonly Judgement[]>;

/** What is judged. */
export interface Judged {
  readonly action: PolicyPlan["action"];
  readonly target: ReleaseTarget;
  readonly draft: Pick<Release, "hooks" | "config" | "chart">;
  readonly plan: Plan;
  /** It undoes an operation that failed. */
  readonly undoes?: boolean;
}

/** Findings that a message names; all of them are in its detail. */
const SHOWN = 10;

/**
 * Has the policies judge a decided plan, hooks of all events included, before anything is written. What they warn of becomes events.
 * Throws `ActionError` `policy-denied` for what one denies, and `refused` when one cannot judge: no answer admits nothing. What undoes a
 * failed operation goes on in both cases, with warnings: it leads back to what stood before, and half of a change is worse.
 */
export async function judge(step: Step, of: Judged): Promise<void> {
  const { deps } = step;
  if (deps.judge === undefined) return;
  const undoes = of.undoes === true;
  const denied: Denial[] = [];
  for (const { policy, findings } of await judgements(step, deps.judge, of)) {
    for (const finding of findings) {
      if (finding.severity === "warn") tellWarning(step, policy, finding);
      else if (undoes) tellWarning(step, policy, finding, UNDOES);
      else denied.push({ policy, finding });
    }
  }
  if (denied.length > 0) throw refusal(denied);
}

const UNDOES = "denied, and done all the same to undo what failed: ";

function tellWarning(step: Step, policy: string, finding: PolicyFinding, prefix = ""): void {
  const { message: _said, ...detail } = detailOf(policy, finding);
  step.emit({ type: "warning", level: "WARN", message: `${prefix}${textOf(policy, finding)}`, detail });
}

interface Denial {
  readonly policy: string;
  readonly finding: PolicyFinding;
}

async function judgements(step: Step, run: JudgePlan, of: Judged): Promise<readonly Judgement[]> {
  const { config, chart } = of.draft;
  const source = (): SecretSource => ({
    objects: [...step.cache.secrets, ...objectsIn(of)],
    values: valuesIn(config, chart),
  });
  const plan = policyPlan(of);
  const hearing = createHearing(step, source);
  try {
    const judged = await run(plan, step.deps.signal, hearing.hear);
    return judged.map(({ policy, findings }) => ({
      policy,
      findings: veiledFindings(findings, plan.objects, hearing),
    }));
  } catch (thrown) {
    if (!(thrown instanceof PluginError)) throw thrown;
    const error = withoutSecrets(thrown, hearing.hide);
    if (of.undoes === true) {
      const message = `done to undo what failed, though a policy could not judge it: ${error.message}`;
      step.emit({ type: "warning", level: "WARN", message, detail: { ...error.detail, cause: error.code } });
      return [];
    }
    const message = `the plan is not admitted, since a policy could not judge it: ${error.message}`;
    throw new ActionError("refused", message, { ...error.detail, cause: error.code }, { cause: error });
  }
}

/** Policies are shown no data of Secrets, but copies of it may stand elsewhere. */
function objectsIn({ plan, draft }: Judged): readonly JsonObject[] {
  return [
    ...plan.objects.map(({ object }) => object),
    ...plan.removals.map(({ object }) => object),
    ...draft.hooks.flatMap(({ manifest }) => objectsOf(manifest)),
  ];
}

function refusal(denied: readonly Denial[]): ActionError {
  const told = denied.slice(0, SHOWN).map(({ policy, finding }) => `\n- ${textOf(policy, finding)}`);
  const more = denied.length > SHOWN ? `\n- and ${denied.length - SHOWN} more` : "";
  const message = `refused by policy; nothing was written:${told.join("")}${more}`;
  return new ActionError("policy-denied", message, {
    findings: denied.map(({ policy, finding }) => detailOf(policy, finding)),
  });
}

function textOf(policy: string, { object, field, message }: PolicyFinding): string {
  const name = object.namespace === "" ? object.name : `${object.namespace}/${object.name}`;
  return `${policy}: ${object.kind} ${name}${field === "" ? "" : ` ${field}`}: ${message}`;
}

function detailOf(policy: string, { object, field, message }: PolicyFinding): JsonObject {
  return { policy, object: { ...object }, field, message };
}

/** The message of a plan: everything that it writes or deletes. Values of Secrets are left out. */
export function policyPlan({ action, target, draft, plan }: Judged): PolicyPlan {
  const wanted = [
    ...(plan.namespace === undefined ? [] : [plan.namespace]),
    ...plan.crds.flatMap((crd) => crd.objects),
    ...plan.objects,
  ];
  return {
    action,
    release: { name: target.name, namespace: target.namespace },
    objects: [
      ...wanted.map((one) => ({ action: ACTIONS[one.write], object: shown(one.object) })),
      ...hooksOf(action, draft, plan).flatMap(({ manifest, events }) =>
        objectsOf(manifest).map((object): PolicyObject => ({ action: "create", hook: events, object: shown(object) })),
      ),
      ...plan.removals.map(({ object, write }): PolicyObject => ({
        action: write === "delete" ? "delete" : "keep",
        object: shown(object),
      })),
    ],
  };
}

/** Of an uninstall and a test those that run in it. Others' hooks are recorded too, and may run long after. */
function hooksOf(action: PolicyPlan["action"], { hooks }: Judged["draft"], plan: Plan): Judged["draft"]["hooks"] {
  if (action === "test") return plan.hooks.flatMap(({ index }) => hooks[index] ?? []);
  if (action !== "uninstall") return hooks;
  return hooks.filter(({ events }) => events.includes("pre-delete") || events.includes("post-delete"));
}

const ACTIONS: Readonly<Record<PlannedObject["write"], PolicyObject["action"]>> = {
  create: "create",
  apply: "update",
  unchanged: "keep",
};

/** A hook that is no object fails when its time comes, as in Helm. */
function objectsOf(manifest: string): readonly JsonObject[] {
  try {
    return readYamlDocuments(manifest)
      .flatMap((text) => unlisted(decodeYamlJson(text)))
      .filter(isJsonObject);
  } catch (error) {
    if (error instanceof YamlError) return [];
    throw error;
  }
}

const HIDDEN = "hidden";

/** An object as policies see it: what they say is told to everybody, so that they are not told what is secret. */
function shown(object: JsonObject): JsonObject {
  if (stringAt(object, "kind") !== "Secret" || stringAt(object, "apiVersion") !== "v1") return object;
  return { ...object, ...hidden(object, "data"), ...hidden(object, "stringData") };
}

function hidden(object: JsonObject, member: "data" | "stringData"): JsonObject {
  const values: JsonValue | undefined = object[member];
  if (!isJsonObject(values)) return {};
  return { [member]: Object.fromEntries(Object.keys(values).map((key) => [key, HIDDEN])) };
}
