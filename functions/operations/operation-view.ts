import type { JsonObject } from "../../engine/errors.ts";
import { principalName } from "../access/principal.ts";
import type { Clock } from "../http/clock.ts";
import type { Standing } from "./journal.ts";
import { addressOf } from "./operation-id.ts";
import { readStanding } from "./journal.ts";
import type { OperationStore } from "./operation-store.ts";

/** An operation as the HTTP surface shows it. `dryRun`: members of the release that its dry run made. */
export function operationJson(standing: Standing, dryRun: JsonObject = {}): JsonObject {
  const { operation, end } = standing;
  const address = addressOf(operation);
  const release = address && `/v1/clusters/${address.cluster}/namespaces/${address.namespace}/releases/${address.name}`;
  return {
    id: operation,
    action: standing.action,
    ...address,
    status: end?.status ?? (standing.waitsForApproval ? "waiting" : "running"),
    phase: standing.phase,
    principal: principalName(standing.principal),
    created: new Date(standing.created).toISOString(),
    updated: new Date(standing.updated).toISOString(),
    request: standing.summary,
    ...(standing.decisions.length === 0 ? {} : { decisions: standing.decisions }),
    ...(end?.release === undefined ? {} : { release: { ...end.release, ...dryRun } }),
    ...(end?.error === undefined ? {} : { error: { ...end.error } }),
    ...(end === undefined || end.undo === "" ? {} : { undo: end.undo }),
    links: {
      self: `/v1/operations/${operation}`,
      events: `/v1/operations/${operation}/events`,
      ...(release === undefined ? {} : { release }),
    },
  };
}

/**
 * Waits until an operation ends, `milliseconds` pass or `signal` aborts, and gives how it stands then. `run`: what this process does of it; until that is
 * over the journal is not asked.
 */
export async function awaitOperation(
  deps: { readonly store: OperationStore; readonly clock: Clock },
  options: {
    readonly operation: string;
    readonly milliseconds: number;
    readonly signal: AbortSignal;
    readonly run?: Promise<void> | undefined;
  },
): Promise<Standing | undefined> {
  const until = deps.clock.now() + options.milliseconds;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  const timer = deps.clock.sleep(options.milliseconds, signal).then(() => done.abort());
  let standing: Standing | undefined;
  try {
    if (options.run !== undefined) await overOrAborted(options.run, signal);
    for (;;) {
      standing = await readStanding(deps.store, options.operation, standing);
      if (standing === undefined || standing.end !== undefined) return standing;
      if (signal.aborted || deps.clock.now() >= until) return standing;
      await deps.store.changed(options.operation, standing.sequence, signal);
    }
  } finally {
    done.abort();
    await timer;
  }
}

function overOrAborted(run: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener("abort", end);
    run.then(end, end);
  });
}
