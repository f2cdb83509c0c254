import type { Finding } from "../kube/explain.ts";
import type { ObjectRef } from "../kube/read-live.ts";
import type { WaitState } from "../kube/wait.ts";
import type { EventObject } from "./event.ts";
import type { Step } from "./step.ts";

/** States of objects that a wait remembers, so that only changes become events: more would fill the state. */
const MAX_STATES = 200;
/** Reasons that a wait remembers; the oldest are forgotten first. */
const MAX_REASONS = 100;
/** Marks a remembered reason; all other lines are states. */
const REASON = "!";

/** What was told, and what to remember of it. */
export interface Told {
  readonly memory: string;
  readonly news: boolean;
}

/** Tells what changed since the last look. `done` targets at the front were not looked at again. */
export function tellChanges(step: Step, states: readonly WaitState[], memory: string, done: number): Told {
  const before = new Set(memory.split("\n"));
  const lines: string[] = [];
  let news = false;
  for (const [index, state] of states.slice(0, MAX_STATES).entries()) {
    const line = `${done + index} ${state.status} ${hash(state.message)}`;
    lines.push(line);
    if (state.status === "Current" || before.has(line)) continue;
    news = true;
    step.emit({
      type: "waiting",
      object: refObject(state.ref),
      status: state.status,
      message: state.message === "" ? "not seen yet" : state.message,
    });
  }
  return { memory: [...lines, ...reasonsIn(memory)].join("\n"), news };
}

/** Tells reasons that were not told before. Numbers in them count for nothing: times and counts go up without news. */
export function tellFindings(step: Step, findings: readonly Finding[], memory: string): Told {
  const known = new Set(reasonsIn(memory));
  const before = known.size;
  for (const finding of findings) {
    const line = `${REASON}${hash(`${finding.about} ${finding.reason} ${finding.message}`.replaceAll(/[0-9]+/gu, ""))}`;
    if (known.has(line)) continue;
    known.add(line);
    step.emit({
      type: "waiting",
      object: refObject(finding.ref),
      status: finding.reason,
      message: findingText(finding),
    });
    for (const text of finding.log?.lines ?? [])
      step.emit({ type: "log", cause: "trouble", source: finding.log?.source ?? "", line: text });
  }
  const states = memory.split("\n").filter((line) => !line.startsWith(REASON));
  return { memory: [...states, ...[...known].slice(-MAX_REASONS)].join("\n"), news: known.size > before };
}

/** One reason as a line. */
export function findingText({ about, reason, message }: Finding): string {
  return `${about}: ${reason}${message === "" ? "" : `: ${message}`}`;
}

function reasonsIn(memory: string): readonly string[] {
  return memory.split("\n").filter((line) => line.startsWith(REASON));
}

function refObject({ gvk, namespace, name }: ObjectRef): EventObject {
  const apiVersion = gvk.group === "" ? gvk.version : `${gvk.group}/${gvk.version}`;
  return { apiVersion, kind: gvk.kind, namespace, name };
}

/** Tells texts apart within one wait (FNV-1a, 32 bits). */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return (sum >>> 0).toString(36);
}
