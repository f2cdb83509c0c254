import type { ActionState } from "../../engine/action/action.ts";
import type { JsonObject } from "../../engine/errors.ts";
import { type Principal, principalName } from "../access/principal.ts";
import { ProblemError } from "../http/problem.ts";
import { describeThrown } from "../http/log.ts";
import { createdEntry, readStanding, sealState } from "./journal.ts";
import { LEASE_TIME } from "./lease-guard.ts";
import { operationId, type ReleaseAddress, releaseKey } from "./operation-id.ts";
import { listItem, startIndex } from "./operation-index.ts";
import type { Lease } from "./operation-store.ts";
import type { RunnerDeps } from "./runner.ts";

/** A new operation, all inputs pinned. */
export interface NewOperation {
  readonly address: ReleaseAddress;
  /** 32 hex digits. The same nonce is the same operation: a second start finds the first. */
  readonly nonce: string;
  readonly principal: Principal;
  /** Where it came from, e.g. `api`, `receiver web-push`, `slack`. */
  readonly origin: string;
  readonly action: string;
  readonly state: ActionState;
  /** What was asked for, as answers show it: no values. */
  readonly summary: JsonObject;
}

/** An operation that was recorded. With `lease` it is new, and the caller must run it under that lease. */
export interface Started {
  readonly operation: string;
  readonly lease?: Lease;
}

/** An operation whose run may have begun in this process. */
export interface Begun {
  readonly operation: string;
  /** Ends when this process has nothing more to do of it; never fails. */
  readonly run?: Promise<void>;
}

/**
 * Records an operation under its release's lease. Throws `operation-running`, naming the operation, when one holds the lease or is
 * unfinished: also one that waits between two steps, or that a killed process left behind, which is woken then.
 */
export async function startOperation(
  deps: Pick<RunnerDeps, "store" | "records" | "box" | "wakeup" | "clock" | "log">,
  wanted: NewOperation,
): Promise<Started> {
  const { store, clock } = deps;
  const release = releaseKey(wanted.address);
  const operation = operationId(wanted.address, wanted.nonce);
  if ((await store.read(operation, 0, 1)).length > 0) return { operation };
  const taken = await store.acquire(release, operation, LEASE_TIME);
  if (taken.kind === "held") {
    if (taken.by.operation === operation) return { operation };
    throw await running(deps, taken.by.operation);
  }
  const { lease } = taken;
  try {
    const other = (await store.unfinished(release)).find((entry) => entry.operation !== operation);
    if (other !== undefined) {
      await deps.wakeup.at(release, other.operation, clock.now());
      throw await running(deps, other.operation);
    }
    const sealed = await sealState(deps.box, operation, wanted.state);
    const { action, principal, origin, summary } = wanted;
    const created = clock.now();
    await listNew(deps, { operation, action, created, principal: principalName(principal) });
    const written = await store.append(lease, 0, [
      createdEntry({ action, principal, origin, summary, created }, sealed),
    ]);
    if (!written) throw new ProblemError("store-unavailable", "the operation could not be recorded");
    return { operation, lease };
  } catch (thrown) {
    await store.release(lease);
    throw thrown;
  }
}

/** In the list first, then in the journal: a list leaves out what no journal has, but cannot know what it was never told. */
async function listNew(deps: Pick<RunnerDeps, "records" | "log">, item: Parameters<typeof listItem>[0]): Promise<void> {
  await startIndex(deps.records, item.created, listItem(item, "running")).catch((thrown: unknown) => {
    const { operation } = item;
    deps.log.write("warn", "the operation is not in the list yet", { operation, ...describeThrown(thrown) });
  });
}

async function running(deps: Pick<RunnerDeps, "store">, operation: string): Promise<ProblemError> {
  const standing = await readStanding(deps.store, operation);
  const what =
    standing === undefined ? "an operation" : `the ${standing.action} of ${principalName(standing.principal)}`;
  return new ProblemError("operation-running", `${what} is running on this release: ${operation}`, {
    operation,
    headers: { "retry-after": "5", link: `</v1/operations/${operation}>; rel="related"` },
  });
}
