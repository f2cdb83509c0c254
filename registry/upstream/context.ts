import type { Egress } from "../../engine/oci/egress.ts";
import type { Content } from "../content/content.ts";
import type { ManifestHead } from "../content/manifests.ts";
import { createGate, type Gate } from "./gate.ts";
import { createSingleFlight, type SingleFlight } from "./single-flight.ts";
import type { Upstream } from "./upstream.ts";

/** What proxying needs from outside. */
export interface UpstreamDeps extends Content {
  readonly egress: Egress;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: (size: number) => Uint8Array;
  /** Requests of this process may wait for one another's work. */
  readonly together: boolean;
}

/** What several callers wait for together. */
export interface Flights {
  readonly manifest: SingleFlight<ManifestHead | undefined>;
  readonly tags: SingleFlight<readonly string[] | undefined>;
  readonly blob: SingleFlight<void>;
  readonly index: SingleFlight<void>;
}

/** One proxy project at work. */
export interface ProxyContext<U extends Upstream> extends UpstreamDeps {
  readonly project: string;
  readonly upstream: U;
  readonly gate: Gate;
  readonly flights: Flights;
}

/** Requests at a time to an upstream that names no number. */
const DEFAULT_CONCURRENCY = 16;

/** Binds an upstream to its project. */
export function createProxyContext<U extends Upstream>(
  deps: UpstreamDeps,
  project: string,
  upstream: U,
): ProxyContext<U> {
  const gate = createGate(upstream.concurrency ?? DEFAULT_CONCURRENCY, deps.now);
  const flights: Flights = {
    manifest: createSingleFlight(deps.together),
    tags: createSingleFlight(deps.together),
    blob: createSingleFlight(deps.together),
    index: createSingleFlight(deps.together),
  };
  return { ...deps, project, upstream, gate, flights };
}

/** A signal that ends a question to the upstream in time. Bodies that stream are not bound by it. */
export function deadline(context: ProxyContext<Upstream>): AbortSignal {
  return AbortSignal.timeout(context.upstream.freshness.deadline);
}
