import type { ActionState } from "../../engine/action/action.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { anonymous, type Principal, principalRecord, readPrincipal } from "../access/principal.ts";
import { toBytes } from "../http/digest.ts";
import { isJsonObject, numberAt, objectAt, parseJson, stringAt } from "../http/json.ts";
import type { SecretBox } from "../http/secret-box.ts";
import type { JournalEntry, OperationStore } from "./operation-store.ts";

/** How an operation ended. */
export type EndStatus = "succeeded" | "failed" | "cancelled";

/** The last entry of a journal. */
export interface End {
  readonly status: EndStatus;
  readonly release?: JsonObject;
  readonly undo: string;
  /** What names the release that a dry run made, sealed: `dry-run.ts` opens it. */
  readonly dryRun?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly detail: JsonObject };
}

/** A journal folded: where the operation stands. */
export interface Standing {
  readonly operation: string;
  readonly action: string;
  readonly principal: Principal;
  /** What was asked for, as answers show it: no values. */
  readonly summary: JsonObject;
  readonly created: number;
  readonly updated: number;
  /** The last entry's number. */
  readonly sequence: number;
  /** Finished steps. */
  readonly step: number;
  /** Tries of the step that is not finished, those of killed processes included. */
  readonly attempts: number;
  /** The sealed state that the next `advance` is given. */
  readonly sealed: string;
  /** Milliseconds since 1970 before which the next step makes no sense. */
  readonly notBefore: number;
  readonly waitsForApproval: boolean;
  /** A stop was decided; the action is winding up. */
  readonly stopping?: { readonly code: string; readonly message: string; readonly detail: JsonObject };
  readonly phase: string;
  /** What was decided about fields that others own: the first so many; each once, as it was decided last. */
  readonly decisions: readonly JsonObject[];
  readonly end?: End;
}

/** Decisions that an answer shows; the event stream has all. */
const MAX_DECISIONS = 200;
/** Entries read at a time. */
const PAGE = 500;

/** What the first entry says. */
export interface Created {
  readonly action: string;
  readonly principal: Principal;
  readonly summary: JsonObject;
  readonly origin: string;
  /** Milliseconds since 1970: by it the operation is found in the list. */
  readonly created: number;
}

/** The first entry. `sealed` is the action's first state: it holds values, so it is never stored open. */
export function createdEntry({ principal, ...of }: Created, sealed: string): JsonObject {
  const { action, origin, summary, created } = of;
  return { kind: "created", action, origin, summary, created, ...principalRecord(principal), sealed };
}

/** The terminal entry. */
export function endEntry(end: End): JsonObject {
  return {
    kind: "done",
    terminal: true,
    status: end.status,
    undo: end.undo,
    ...(end.release === undefined ? {} : { release: end.release }),
    ...(end.dryRun === undefined ? {} : { dryRun: end.dryRun }),
    ...(end.error === undefined ? {} : { error: { ...end.error } }),
  };
}

/** A state as the journal keeps it. */
export async function sealState(box: SecretBox, operation: string, state: ActionState): Promise<string> {
  return await sealText(box, operation, JSON.stringify(state));
}

async function sealText(box: SecretBox, operation: string, text: string): Promise<string> {
  return await box.seal(toBytes(text), `operation ${operation}`);
}

/** States of one run in and out of the journal. */
export interface StateBox {
  readonly seal: (operation: string, state: ActionState) => Promise<string>;
  /** A box that does not open is a defect: a wrong key, or a damaged store. */
  readonly open: (standing: Standing) => Promise<ActionState>;
}

/** Remembers the text of the state that was sealed last: the next step begins with it. */
export function createStateBox(box: SecretBox): StateBox {
  let last: { readonly sealed: string; readonly text: string } | undefined;
  return {
    seal: async (operation, state) => {
      const text = JSON.stringify(state);
      const sealed = await sealText(box, operation, text);
      last = { sealed, text };
      return sealed;
    },
    open: async ({ sealed, operation }) => {
      if (last?.sealed === sealed) return parseState(last.text);
      const bytes = await box.open(sealed, `operation ${operation}`);
      return parseState(bytes === undefined ? undefined : new TextDecoder().decode(bytes));
    },
  };
}

function parseState(text: string | undefined): ActionState {
  const value = text === undefined ? undefined : parseJson(text);
  if (!isJsonObject(value)) throw new Error("operation: the stored state cannot be opened");
  const version = numberAt(value, "version");
  const action = stringAt(value, "action");
  if (version === undefined || action === undefined) throw new Error("operation: the stored state is no state");
  return { ...value, version, action };
}

/** All of a journal, folded; undefined when there is none. `known` is what was read before: only what came since is read. */
export async function readStanding(
  store: OperationStore,
  operation: string,
  known?: Standing,
): Promise<Standing | undefined> {
  let standing = known;
  for (let after = known?.sequence ?? 0; ;) {
    const entries = await store.read(operation, after, PAGE);
    for (const entry of entries) standing = fold(standing, operation, entry);
    if (entries.length < PAGE) return standing;
    after += entries.length;
  }
}

/** Where an operation stands once some entries are written behind those that are known. */
export function standingAfter(standing: Standing, entries: readonly JsonObject[], time: number): Standing {
  return entries.reduce((sum, entry) => foldNext(sum, { sequence: sum.sequence + 1, time, entry }), standing);
}

function fold(standing: Standing | undefined, operation: string, entry: JournalEntry): Standing {
  return standing === undefined ? firstStanding(operation, entry) : foldNext(standing, entry);
}

function foldNext(standing: Standing, { sequence, time, entry }: JournalEntry): Standing {
  const kind = stringAt(entry, "kind");
  const next: Standing = { ...standing, sequence, updated: time };
  if (kind === "begin") return { ...next, attempts: next.attempts + 1, notBefore: 0 };
  if (kind === "event") {
    return { ...next, phase: phaseOf(entry) ?? next.phase, decisions: withDecision(next.decisions, entry) };
  }
  if (kind === "retry") return { ...next, notBefore: numberAt(entry, "at") ?? 0 };
  if (kind === "step") {
    const told = objectAt(entry, "next");
    return {
      ...next,
      step: next.step + 1,
      attempts: 0,
      sealed: stringAt(entry, "sealed") ?? next.sealed,
      notBefore: (told === undefined ? undefined : numberAt(told, "time")) ?? 0,
      waitsForApproval: told !== undefined && stringAt(told, "kind") === "approval",
    };
  }
  if (kind === "stop") {
    const stopping = readFailure(entry);
    return { ...next, attempts: 0, notBefore: 0, sealed: stringAt(entry, "sealed") ?? next.sealed, stopping };
  }
  return kind === "done" ? { ...next, end: readEnd(entry) } : next;
}

function firstStanding(operation: string, { sequence, time, entry }: JournalEntry): Standing {
  return {
    operation,
    action: stringAt(entry, "action") ?? "",
    // A journal of other times: its operation goes on without any right, so that it ends and stands in nobody's way.
    principal: readPrincipal(entry) ?? anonymous(),
    summary: objectAt(entry, "summary") ?? {},
    created: numberAt(entry, "created") ?? time,
    updated: time,
    sequence,
    step: 0,
    attempts: 0,
    sealed: stringAt(entry, "sealed") ?? "",
    notBefore: 0,
    waitsForApproval: false,
    phase: "",
    decisions: [],
  };
}

/** An operation that was taken up again may tell a decision twice. */
function withDecision(known: readonly JsonObject[], entry: JsonObject): readonly JsonObject[] {
  const event = objectAt(entry, "event");
  if (event?.["type"] !== "conflict") return known;
  const { type: _type, ...decision } = event;
  const key = decisionKey(decision);
  const others = known.filter((one) => decisionKey(one) !== key);
  return others.length >= MAX_DECISIONS ? known : [...others, decision];
}

function decisionKey({ object, field, manager }: JsonObject): string {
  return JSON.stringify([object, field, manager]);
}

function phaseOf(entry: JsonObject): string | undefined {
  const event = objectAt(entry, "event");
  return event === undefined || event["type"] !== "phase" ? undefined : stringAt(event, "phase");
}

/** The end in a terminal entry. */
export function readEnd(entry: JsonObject): End {
  const status = stringAt(entry, "status");
  const release = objectAt(entry, "release");
  const error = objectAt(entry, "error");
  const dryRun = stringAt(entry, "dryRun");
  return {
    status: status === "succeeded" || status === "cancelled" ? status : "failed",
    undo: stringAt(entry, "undo") ?? "",
    ...(release === undefined ? {} : { release }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(error === undefined ? {} : { error: readFailure(error) }),
  };
}

function readFailure(error: JsonObject): { code: string; message: string; detail: JsonObject } {
  return {
    code: stringAt(error, "code") ?? "internal",
    message: stringAt(error, "message") ?? "",
    detail: objectAt(error, "detail") ?? {},
  };
}
