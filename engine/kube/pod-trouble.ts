import type { JsonValue } from "../errors.ts";
import { integerAt, listAt, memberAt, stringAt } from "../object/json.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, isTerminating } from "../object/read.ts";
import { conditionsOf } from "./conditions.ts";

/** Why a pod is not ready. */
export interface PodTrouble {
  readonly pod: string;
  /** Empty: the pod as a whole. */
  readonly container: string;
  /** The cluster's own word where it has one, e.g. `ImagePullBackOff`. */
  readonly reason: string;
  readonly message: string;
  /** Time does not help: only another chart, or other values, do. */
  readonly final: boolean;
  /** Whose log says more: of the container that runs, or of the one before it. */
  readonly log?: "current" | "previous";
}

/** Reasons of a container that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);
/** Reasons that nothing but another manifest takes away. */
const FINAL: ReadonlySet<string> = new Set(["InvalidImageName"]);
/** Containers of one pod that are looked at. */
const MAX_CONTAINERS = 50;

/** What keeps a pod from being ready; empty when it is, when it goes, or when it is simply on its way. */
export function podTroubles(pod: KubeObject): readonly PodTrouble[] {
  if (isTerminating(pod)) return [];
  const conditions = conditionsOf(pod) ?? [];
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled !== undefined) return [whole(pod, unscheduled.reason, unscheduled.message)];
  const phase = stringAt(pod, "status", "phase");
  if (phase === "Succeeded") return [];
  const containers = [...containersOf(pod, "init"), ...containersOf(pod, "")];
  const found = containers.flatMap((one) => containerTrouble(pod, one) ?? []);
  if (found.length > 0 || phase !== "Failed") return found;
  return [whole(pod, stringAt(pod, "status", "reason") ?? "Failed", stringAt(pod, "status", "message") ?? "")];
}

function whole(pod: KubeObject, reason: string, message: string): PodTrouble {
  return { pod: getName(pod), container: "", reason, message, final: false };
}

interface Container {
  readonly name: string;
  readonly status: JsonValue;
  readonly isInit: boolean;
  readonly hasProbe: boolean;
}

function containersOf(pod: KubeObject, kind: "init" | ""): readonly Container[] {
  const [statuses, specs] =
    kind === "init"
      ? [listAt(pod, "status", "initContainerStatuses"), listAt(pod, "spec", "initContainers")]
      : [listAt(pod, "status", "containerStatuses"), listAt(pod, "spec", "containers")];
  return statuses.slice(0, MAX_CONTAINERS).map((status) => {
    const name = stringAt(status, "name") ?? "";
    const spec = specs.find((one) => stringAt(one, "name") === name);
    const isInit = kind === "init" && stringAt(spec, "restartPolicy") !== "Always";
    return { name, status, isInit, hasProbe: memberAt(spec, "readinessProbe") !== undefined };
  });
}

function containerTrouble(pod: KubeObject, of: Container): PodTrouble | undefined {
  const at = { pod: getName(pod), container: of.name };
  const waiting = memberAt(of.status, "state", "waiting");
  if (waiting !== undefined) return waitingTrouble(at, of, waiting);
  const ended = endText(memberAt(of.status, "state", "terminated"));
  if (ended !== undefined) return { ...at, reason: ended.reason, message: ended.text, final: false, log: "current" };
  const runs = memberAt(of.status, "state", "running") !== undefined;
  if (!runs || (!of.isInit && memberAt(of.status, "ready") === true)) return undefined;
  if (of.isInit) {
    return { ...at, reason: "Initializing", message: "the init container has not ended yet", final: false };
  }
  return { ...at, ...notReady(of), final: false };
}

function waitingTrouble(
  at: { readonly pod: string; readonly container: string },
  of: Container,
  waiting: JsonValue,
): PodTrouble | undefined {
  const reason = stringAt(waiting, "reason") ?? "Waiting";
  if (PASSING.has(reason)) return undefined;
  const last = endText(memberAt(of.status, "lastState", "terminated"));
  const said = stringAt(waiting, "message") ?? "";
  const message = last === undefined ? said : `${said === "" ? "" : `${said}; `}it last ${last.text}`;
  const trouble = { ...at, reason, message, final: FINAL.has(reason) };
  return last === undefined ? trouble : { ...trouble, log: "current" };
}

function notReady(of: Container): Pick<PodTrouble, "reason" | "message" | "log"> {
  const last = endText(memberAt(of.status, "lastState", "terminated"));
  if (last !== undefined) {
    const times = integerAt(of.status, "restartCount") ?? 1;
    return {
      reason: "Restarted",
      message: `it was started again (${times} so far): it ${last.text}`,
      log: "previous",
    };
  }
  const message = of.hasProbe ? "it runs, but its readiness probe does not pass" : "it runs, but is not ready";
  return { reason: "NotReady", message };
}

/** How a container ended, when not well. */
function endText(terminated: JsonValue | undefined): { readonly reason: string; readonly text: string } | undefined {
  const code = integerAt(terminated, "exitCode");
  if (code === undefined || code === 0) return undefined;
  const reason = stringAt(terminated, "reason") ?? "Error";
  const said = (stringAt(terminated, "message") ?? "").trim();
  return { reason, text: `ended with exit code ${code} (${reason})${said === "" ? "" : `: ${said}`}` };
}
