import { EngineError } from "../errors.ts";
import { isKubeError } from "../kube/error.ts";
import { toFailure } from "./failure.ts";
import { type RecordedAnswer, replaying } from "./meter.ts";
import { checkRequest } from "./options.ts";
import { nothingWritten } from "./outcome.ts";
import { readText } from "./parts.ts";
import { withBeginning } from "./prepare.ts";
import { prepareInstall } from "./prepare-install.ts";
import { prepareRollback } from "./prepare-rollback.ts";
import { prepareTest } from "./prepare-test.ts";
import { prepareUninstall } from "./prepare-uninstall.ts";
import { prepareUpgrade } from "./prepare-upgrade.ts";
import type { ActionRequest } from "./request.ts";
import { preparesAgain } from "./retry.ts";
import type { Operation } from "./state.ts";
import { keep, keepPart, requestOf, type StageResult, type Step } from "./step.ts";

/** A budget of this many requests is for processes of their own: what is read is not kept for a second try. */
const AMPLE = 1000;

/** Everything up to the first write: read, render, decide. Runs again from the start, with its answers, when a budget ends. */
export async function prepareStage(step: Step, before: Operation): Promise<StageResult> {
  const operation = await withShortRequest(step, withBeginning(step, before));
  const answers = await knownAnswers(step, operation);
  const reading = answers === undefined ? step : withAnswers(step, answers);
  try {
    const request = await requestOf(step, operation);
    checkRequest(request);
    return await prepare(reading, withPurpose(operation), request);
  } catch (error) {
    if (isKubeError(error, "budget")) {
      const part = await keepPart(step, JSON.stringify([...(answers ?? [])]));
      return keep({ ...operation, answers: part });
    }
    if (!(error instanceof EngineError) || preparesAgain(operation, error)) throw error;
    return nothingWritten(operation, toFailure(error, "apply-failed"));
  }
}

/** A plan keeps what was asked for, whatever it turns out to be. */
function withPurpose(operation: Operation): Operation {
  if (operation.purpose?.kind !== "plan") return operation;
  return { ...operation, purpose: { kind: "plan", request: operation.request } };
}

/** A request came with the first state, whatever its size. */
async function withShortRequest(step: Step, operation: Operation): Promise<Operation> {
  return "text" in operation.request
    ? { ...operation, request: await keepPart(step, operation.request.text) }
    : operation;
}

function prepare(step: Step, operation: Operation, request: ActionRequest): Promise<StageResult> {
  switch (request.action) {
    case "install":
      return prepareInstall(step, operation, request);
    case "upgrade":
      return prepareUpgrade(step, operation, request);
    case "rollback":
      return prepareRollback(step, operation, request);
    case "test":
      return prepareTest(step, operation, request);
    default:
      return prepareUninstall(step, operation, request);
  }
}

/** Answers of earlier tries; `undefined` where one try is enough. */
async function knownAnswers(step: Step, operation: Operation): Promise<Map<string, RecordedAnswer> | undefined> {
  if (operation.answers === undefined) return step.meter.left() >= AMPLE ? undefined : new Map();
  return new Map(parseAnswers(await readText(step.deps.parts, operation.answers, step.deps.signal)));
}

/** Written by this file alone. */
function parseAnswers(text: string): readonly (readonly [string, RecordedAnswer])[] {
  const answers: readonly (readonly [string, RecordedAnswer])[] = JSON.parse(text);
  return answers;
}

function withAnswers(step: Step, answers: Map<string, RecordedAnswer>): Step {
  return { ...step, session: { ...step.session, transport: replaying(step.session.transport, answers) } };
}
