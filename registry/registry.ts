import { type CreateHasher, type DigestBytes, digestOf } from "../engine/oci/digest.ts";
import type { Egress } from "../engine/oci/egress.ts";
import { type Collector, createCollector } from "./collection/collect.ts";
import { checkStore, type FsckOptions, type FsckReport } from "./collection/fsck.ts";
import { NO_PINS, type PinSource } from "./collection/pins.ts";
import { createBodyBudget } from "./content/body-budget.ts";
import { createKeeper } from "./content/condemned.ts";
import { createContentCache } from "./content/content-cache.ts";
import type { Content } from "./content/content.ts";
import type { ObjectStore } from "./content/object-store.ts";
import type { StoreError } from "./content/store-error.ts";
import { createRoom, readUsage, type Usage } from "./content/usage.ts";
import type { RegistryAccess } from "./http/access.ts";
import { createRegistryApp } from "./http/app.ts";
import type { HttpDeps, PushEvent } from "./http/context.ts";
import { mirrorsOf } from "./http/namespace.ts";
import { type Answer, type RegistryRequest, requestOf, responseOf } from "./http/exchange.ts";
import { type Attachments, createAttachments } from "./projects/attachments.ts";
import { type Charts, createCharts } from "./projects/charts.ts";
import { createPlugins, type Plugins } from "./projects/plugins.ts";
import { createPrefetch, type Prefetch } from "./projects/prefetch.ts";
import type { FindProject, Project } from "./projects/project.ts";
import { createProjects } from "./projects/projects.ts";
import { createSignatureGate, type SignatureRule } from "./projects/signing.ts";
import type { TellUnstored } from "./upstream/behind.ts";
import type { CountUpstream } from "./upstream/count.ts";
import type { Leases } from "./upstream/lease.ts";

/** What a registry is made of. */
export interface RegistryOptions {
  readonly store: ObjectStore;
  /** The projects, or how to find one; the latter where configuration changes while running. */
  readonly projects: readonly Project[] | FindProject;
  /** The way to upstreams. */
  readonly egress: Egress;
  readonly clock: {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Ends early when `signal` is aborted. */
    readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  };
  /** False where one request may not wait for another one's promise (Workers): then upstream fetches are shared by the store alone. */
  readonly together?: boolean;
  /** Where replicas agree on who fetches; in the store when absent. */
  readonly leases?: Leases;
  /** Told of every answer of a proxy project. */
  readonly count?: CountUpstream;
  readonly access: RegistryAccess;
  /** A native way to digests; that of `engine/oci/digest.ts` when absent. */
  readonly digest?: DigestBytes | undefined;
  /** The same for bytes that come in pieces. */
  readonly hasher?: CreateHasher | undefined;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
  /** `https://host[:port]` as clients see it; absent: taken from each request. */
  readonly publicOrigin?: string;
  /** Called after a pushed tag is visible; the push does not wait for it. */
  readonly onPush?: (event: PushEvent) => Promise<void>;
  /** False where the runtime compresses answers; true when absent. */
  readonly compress?: boolean;
  /** Keeps work going after the answer (`waitUntil` on Workers). */
  readonly defer?: (work: Promise<void>) => void;
  /** What collection must leave pullable; nothing when absent. */
  readonly pins?: PinSource;
  /** What must be signed before it can be pulled; nothing when absent. */
  readonly signatures?: readonly SignatureRule[];
  /** How long unused content stays, in milliseconds; two hours when absent. */
  readonly grace?: number;
  /** Told of defects, for the log. */
  readonly report?: (error: unknown) => void;
  /** Told of a store that failed, for the log; the client was told 503. */
  readonly unavailable?: (error: StoreError) => void;
  /** Told of a manifest that was answered and could not be stored, for the log; the client was told nothing. */
  readonly unstored?: TellUnstored;
}

/** A running registry. */
export interface Registry {
  /** Answers `/v2/…` and `/helm/…`. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same, for servers that bring their own requests. Never throws. */
  readonly answer: (request: RegistryRequest) => Promise<Answer>;
  readonly charts: Charts;
  readonly attachments: Attachments;
  /** Online collection of what nothing names. */
  readonly collector: Collector;
  /** What a project holds. */
  readonly usage: (project: string) => Promise<Usage>;
  /** Looks at everything that is stored, slice by slice. */
  readonly check: (options: FsckOptions) => Promise<FsckReport>;
  readonly plugins: Plugins;
  readonly prefetch: Prefetch;
}

/** Longer than a push takes from its first blob to its manifest. */
const DEFAULT_GRACE_MS = 2 * 3_600_000;
/** Memory for small content that is read often: what any runtime can spare. */
const CACHE_BYTES = 8 * 1024 * 1024;
/** What upkeep leaves to requests, again and again. */
const PAUSE_MS = 2;

/** Composes the registry's floors over a store. */
export function createRegistry(options: RegistryOptions): Registry {
  const { store, random, egress, clock, publicOrigin } = options;
  const now = (): number => clock.now();
  const find = finder(options.projects);
  const pause = async (): Promise<void> => await clock.sleep(PAUSE_MS);
  const content: Content = {
    store,
    now,
    keeper: createKeeper({ store, now }),
    room: createRoom(store, quotaIn(find)),
    cache: createContentCache(CACHE_BYTES),
  };
  const together = options.together ?? true;
  const projects = createProjects({
    ...content,
    random,
    egress,
    sleep: async (milliseconds, signal) => await clock.sleep(milliseconds, signal),
    together,
    early: together && (options.signatures ?? []).length === 0,
    leases: options.leases,
    count: options.count ?? (() => undefined),
    unstored: options.unstored ?? (() => undefined),
    hasher: options.hasher,
    find,
  });
  const signatures = createSignatureGate({ ...content, egress, together, rules: options.signatures ?? [] });
  const charts = createCharts({ projects, host: publicOrigin?.slice(publicOrigin.indexOf("//") + 2), signatures });
  const deps: HttpDeps = {
    ...content,
    projects,
    charts,
    signatures,
    random,
    bodies: createBodyBudget(),
    access: options.access,
    digest: options.digest ?? digestOf,
    mirrors: typeof options.projects === "function" ? [] : mirrorsOf(options.projects),
    compress: options.compress ?? true,
    defer: options.defer ?? (() => undefined),
    report: options.report ?? (() => undefined),
    unavailable: options.unavailable ?? (() => undefined),
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(options.onPush === undefined ? {} : { onPush: options.onPush }),
  };
  const answer = createRegistryApp(deps);
  return {
    charts,
    attachments: createAttachments(content, projects),
    plugins: createPlugins(projects, signatures),
    prefetch: createPrefetch(projects),
    fetch: async (request) => responseOf(await answer(requestOf(request))),
    answer,
    collector: createCollector({
      pause,
      store,
      now,
      find,
      pins: options.pins ?? NO_PINS,
      grace: options.grace ?? DEFAULT_GRACE_MS,
    }),
    usage: async (project) => await readUsage(store, project),
    check: async (check) => await checkStore({ store, find, pause, hasher: options.hasher }, check),
  };
}

/** The quota of a project that takes pushes. */
function quotaIn(find: FindProject): (project: string) => number | undefined {
  return (name) => {
    const project = find(name);
    return project?.kind === "hosted" ? project.quota : undefined;
  };
}

function finder(projects: readonly Project[] | FindProject): FindProject {
  if (typeof projects === "function") return projects;
  const byName = new Map(projects.map((project) => [project.name, project]));
  return (name) => byName.get(name);
}
