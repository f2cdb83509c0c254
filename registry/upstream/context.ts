import type { Descriptor } from "../../engine/oci/descriptor.ts";
import type { CreateHasher } from "../../engine/oci/digest.ts";
import type { Egress } from "../../engine/oci/egress.ts";
import { createSingleFlight, type SingleFlight } from "../../engine/oci/single-flight.ts";
import type { Content } from "../content/content.ts";
import type { ManifestHead } from "../content/manifests.ts";
import type { CountUpstream, UpstreamOutcome, UpstreamSubject } from "./count.ts";
import { type Absences, createAbsences } from "./absences.ts";
import { type Behind, createBehind, type TellUnstored } from "./behind.ts";
import { createGate, type Gate } from "./gate.ts";
import type { IndexHead } from "./index-store.ts";
import { createIndexMemory, type IndexMemory } from "./index-memory.ts";
import { createStoreLeases, type Leases } from "./lease.ts";
import { createRests } from "./rest.ts";
import type { TagList } from "./oci-source.ts";
import { createTimedEgress } from "./timed-egress.ts";
import type { Upstream } from "./upstream.ts";

/** What proxying needs from outside. */
export interface UpstreamDeps extends Content {
  readonly egress: Egress;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: (size: number) => Uint8Array;
  /** Requests of this process may wait for one another's work. */
  readonly together: boolean;
  /** A verified manifest may be answered before it is stored, where nothing that is decided about it is read from the store. */
  readonly early: boolean;
  /** In the store when absent. */
  readonly leases?: Leases | undefined;
  readonly count: CountUpstream;
  readonly unstored: TellUnstored;
  /** A native way to hash what streams through; in JavaScript when absent. */
  readonly hasher?: CreateHasher | undefined;
}

/** What several callers wait for together. */
export interface Flights {
  readonly manifest: SingleFlight<ManifestHead | undefined>;
  readonly tags: SingleFlight<TagList | undefined>;
  readonly referrers: SingleFlight<readonly Descriptor[]>;
  readonly blob: SingleFlight<void>;
  readonly index: SingleFlight<IndexHead>;
}

/** One proxy project at work. Its `egress` ends what hangs. */
export interface ProxyContext<U extends Upstream> extends UpstreamDeps {
  readonly project: string;
  readonly upstream: U;
  readonly gate: Gate;
  readonly flights: Flights;
  readonly leases: Leases;
  /** Digests that the upstream did not have a moment ago. */
  readonly absences: Absences;
  readonly behind: Behind;
  readonly memory: IndexMemory;
}

/** Requests at a time to an upstream that names no number. */
const DEFAULT_CONCURRENCY = 16;

/** Binds an upstream to its project. */
export function createProxyContext<U extends Upstream>(
  deps: UpstreamDeps,
  project: string,
  upstream: U,
): ProxyContext<U> {
  const { store, now, together } = deps;
  const { concurrency = DEFAULT_CONCURRENCY, rate, freshness } = upstream;
  const flights: Flights = {
    manifest: createSingleFlight(together),
    tags: createSingleFlight(together),
    referrers: createSingleFlight(together),
    blob: createSingleFlight(together),
    index: createSingleFlight(together),
  };
  return {
    ...deps,
    egress: createTimedEgress(deps.egress, { deadline: freshness.deadline, now }),
    project,
    upstream,
    gate: createGate({ concurrency, rate, now, rests: createRests(store, project) }),
    leases: deps.leases ?? createStoreLeases(deps),
    flights,
    memory: createIndexMemory(),
    behind: createBehind(project, deps.unstored),
    absences: createAbsences(freshness.negativeTtl, now),
  };
}

/** A signal that ends a question to the upstream in time: what comes before the body of its answer, redirects and tokens included. */
export function deadline(context: ProxyContext<Upstream>): AbortSignal {
  return AbortSignal.timeout(context.upstream.freshness.deadline);
}

/** Counts one answer. */
export function counted(context: ProxyContext<Upstream>, subject: UpstreamSubject, outcome: UpstreamOutcome): void {
  context.count({ project: context.project, subject, outcome });
}
