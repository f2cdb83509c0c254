import type { ActionDeps, ActionState } from "../engine/action/action.ts";
import type { PlanPins } from "../engine/action/index.ts";
import type { JudgePlan } from "../engine/action/judge.ts";
import type { ActionRequest } from "../engine/action/request.ts";
import type { JsonObject } from "../engine/errors.ts";
import type { GoMap } from "../engine/go/value.ts";
import type { DigestBytes } from "../engine/oci/digest.ts";
import type { Egress } from "../engine/oci/egress.ts";
import type { PinSource } from "../registry/collection/pins.ts";
import { BrokenBody } from "../registry/content/body.ts";
import type { ObjectStore } from "../registry/content/object-store.ts";
import type { RegistryAccess } from "../registry/http/access.ts";
import type { PushEvent } from "../registry/http/context.ts";
import type { TellUnstored } from "../registry/upstream/behind.ts";
import type { CountUpstream } from "../registry/upstream/count.ts";
import type { Answer, RegistryRequest } from "../registry/http/exchange.ts";
import { assertLookup, assertPlanTargets, assertTargets } from "./access/object-access.ts";
import { createIssuerKeys } from "./access/issuer-keys.ts";
import type { OidcIssuer } from "./access/oidc.ts";
import { oidcRoutes } from "./access/oidc-routes.ts";
import { createRegistryAccess } from "./access/registry-access.ts";
import type { Route } from "./access/route.ts";
import { tokenRoutes } from "./access/token-routes.ts";
import type { PendingResolver } from "../engine/render/index.ts";
import type { ChartCatalog } from "./charts/chart-catalog.ts";
import { attachmentRoutes } from "./charts/attachment-routes.ts";
import { createChartSource, type LoadChart } from "./charts/chart-source.ts";
import { partRoutes } from "./charts/part-routes.ts";
import type { FetchRequested } from "./charts/request-url.ts";
import { chartRoutes } from "./charts/routes.ts";
import { toolRoutes } from "./charts/tool-routes.ts";
import { slackRoutes } from "./chat/routes.ts";
import type { Config, OidcConfig } from "./config/config.ts";
import type { Secrets } from "./config/secret.ts";
import type { Clock, RandomSource } from "./http/clock.ts";
import { stringAt } from "./http/json.ts";
import { describeThrown, type Log } from "./http/log.ts";
import { createMetrics } from "./http/metrics.ts";
import type { RecordStore } from "./http/record-store.ts";
import type { SecretBox } from "./http/secret-box.ts";
import { mountRoutes } from "./routes/mount.ts";
import { leaseTransport, type LeaseGuard } from "./operations/lease-guard.ts";
import type { Standing } from "./operations/journal.ts";
import { addressOf, type ReleaseAddress } from "./operations/operation-id.ts";
import { OPERATION_LIFETIME } from "./operations/operation-index.ts";
import type { OperationStore, Wakeup } from "./operations/operation-store.ts";
import { rememberParts } from "./operations/part-memory.ts";
import { createPartStore, sweepParts } from "./operations/part-store.ts";
import { operationRoutes } from "./operations/routes.ts";
import { type Engine, recoverOperations, runOperation } from "./operations/runner.ts";
import { abandonRevision } from "./releases/abandon.ts";
import { parseDuration } from "./http/duration.ts";
import { changeRoutes } from "./releases/change-routes.ts";
import { dryRunJson } from "./releases/dry-run.ts";
import { type Clusters, reachCluster } from "./releases/clusters.ts";
import type { DeployDeps } from "./releases/deploy.ts";
import { assessmentRoute } from "./releases/assessment-routes.ts";
import type { FunctionPlugins } from "./releases/function-plugins.ts";
import type { PoliciesFor } from "./releases/policies.ts";
import type { PostRenderers } from "./releases/post-renderers.ts";
import { readRoutes } from "./releases/read-routes.ts";
import { holdRoutes } from "./releases/hold-routes.ts";
import { unlockRoute } from "./releases/unlock.ts";
import { ownershipRoutes } from "./plans/ownership-routes.ts";
import { createPlanKeeper } from "./plans/plan-store.ts";
import { planRoutes } from "./plans/routes.ts";
import { consoleRoutes } from "./console/routes.ts";
import { pinRoutes } from "./registry/pin-routes.ts";
import { createPinSource } from "./registry/pin-source.ts";
import { upkeepRoutes } from "./registry/routes.ts";
import { type CollectionBudget, collectAll, prefetchAll, type RegistryUpkeep } from "./registry/upkeep.ts";
import { systemRoutes } from "./routes/system.ts";
import { receiveOwnPush } from "./webhooks/receive.ts";
import { webhookRoutes } from "./webhooks/routes.ts";

/** What the application gives the registry. */
export interface RegistryWiring {
  readonly pins: PinSource;
  readonly access: RegistryAccess;
  readonly onPush: (event: PushEvent) => Promise<void>;
  readonly defer: (work: Promise<void>) => void;
  readonly report: (error: unknown) => void;
  readonly unavailable: (error: Error) => void;
  readonly unstored: TellUnstored;
  readonly count: CountUpstream;
}

/** The registry as the application uses it. */
export interface OpenRegistry {
  /** Answers `/v2/…` and `/helm/…`. */
  readonly answer: (request: RegistryRequest) => Promise<Answer>;
  readonly catalog: ChartCatalog;
  readonly upkeep: RegistryUpkeep;
  readonly postRenderers: PostRenderers;
  readonly functions: FunctionPlugins;
  readonly policies: PoliciesFor;
  /** Fetches what requests to the chart tools name by URLs. */
  readonly fetch: FetchRequested;
}

/** Everything that the application is made of. An entry in `infra/` composes it. */
export interface AppDeps {
  /** Shown in the description. */
  readonly version: string;
  readonly config: Config;
  readonly secrets: Secrets;
  /** The embedded local mode: loopback only, no tokens. */
  readonly embedded: boolean;
  readonly clusters: Clusters;
  readonly openRegistry: (wiring: RegistryWiring) => OpenRegistry;
  readonly engine: Engine & {
    readonly start: (request: ActionRequest) => ActionState;
    readonly startPlan: (request: ActionRequest) => ActionState;
    readonly applyPlan: (pins: PlanPins) => ActionState;
  };
  /** What actions are given besides what the application gives itself: discovery cache, resolver. */
  readonly actionExtras?: (
    address: ReleaseAddress,
  ) => Partial<Pick<ActionDeps, "discovery" | "memory" | "resolve" | "gzip">>;
  /** Answers what templates ask where there is no cluster; nothing is answered where absent. */
  readonly resolve?: PendingResolver;
  readonly loadChart: LoadChart;
  /** Values as requests to the engine carry them. */
  readonly encodeValues: (values: GoMap) => JsonObject;
  readonly objects: ObjectStore;
  readonly records: RecordStore;
  readonly operations: OperationStore;
  /** The runtime's own way to digests; in JavaScript and WebCrypto when absent. */
  readonly digest?: DigestBytes | undefined;
  /** Must call {@link App.wake} at the time asked for. */
  readonly wakeup: Wakeup;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly randomBytes: RandomSource;
  readonly log: Log;
  readonly egress: Egress;
  /** Keeps work going after the answer (`waitUntil`). */
  readonly defer: (work: Promise<void>) => void;
  /** False where one request may not wait for another one's promise (Workers). */
  readonly together?: boolean;
  /** Requests to a cluster in one step; 40 on Workers. */
  readonly subrequests: number;
  readonly stepsPerRun?: number;
  /** Versions that proxies pull at a time before anybody asks. */
  readonly prefetch: number;
  /** How much of the registry is collected at a time. */
  readonly collection: CollectionBudget;
  /** Where a new operation runs first; in the process of its request when absent. */
  readonly runs?: DeployDeps["runs"];
}

/** The running application. */
export interface App {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Answers what is asked below `/v2/` and `/helm/`, as `fetch` would; for servers that bring their own requests. */
  readonly registry: (request: RegistryRequest) => Promise<Answer>;
  /** Takes an operation on: what a wakeup calls. */
  readonly wake: (release: string, operation: string) => Promise<void>;
  /** Takes up what a process left behind: at the start, and every minute or so. Says how many operations. */
  readonly recover: () => Promise<number>;
  /** Forgets what is older than its lifetime: once a day or so. */
  readonly tidy: () => Promise<void>;
  /** Goes on with the collection of the registry, or begins one: every few hours. */
  readonly collect: () => Promise<void>;
  /** Pulls what proxies are to have before anybody asks: at the start, and every hour or so. */
  readonly prefetch: () => Promise<void>;
  /** What is mounted, for the description and its test. */
  readonly routes: readonly Route[];
}

/** Composes the HTTP application. */
export function createApp(deps: AppDeps): App {
  const { config, secrets, box, clock, log, randomBytes } = deps;
  const metrics = createMetrics();
  const auth = authDeps(deps);
  const registry = deps.openRegistry({
    access: createRegistryAccess({ ...auth, box, clock }),
    pins: createPinSource(deps),
    onPush: async (event) => await receiveOwnPush({ ...deployDeps, secrets }, config.receivers, ownPush(event)),
    defer: deps.defer,
    report: (error) => log.write(error instanceof BrokenBody ? "info" : "error", "registry", describeThrown(error)),
    unavailable: (error) => log.write("error", "registry store", describeThrown(error)),
    unstored: ({ error, ...where }) =>
      log.write("error", "answered and not stored", { ...describeThrown(error), ...where }),
    count: (event) => metrics.count("slipway_upstream_answers_total", { ...event }),
  });
  const deployDeps = createDeployDeps(deps, {
    metrics,
    catalog: registry.catalog,
    postRenderers: registry.postRenderers,
    functions: registry.functions,
    policies: registry.policies,
  });
  const projects = config.projects.map((project) => project.name);
  const resolve = deps.resolve ?? answerNothing;
  const rendering = { clock, randomBytes, resolve, functions: registry.functions, log };
  const routes: Route[] = [];
  const system = { version: deps.version, metrics, log, probe: () => probe(deps), routes: () => routes };
  routes.push(
    ...changeRoutes(deployDeps),
    unlockRoute(deployDeps),
    ...holdRoutes(deployDeps),
    ...readRoutes(deployDeps),
    assessmentRoute(deployDeps),
    ...ownershipRoutes({ ...deployDeps, drift: config.drift }),
    ...planRoutes({ ...deployDeps, startPlan: deps.engine.startPlan, applyPlan: deps.engine.applyPlan }),
    ...operationRoutes({ ...deployDeps, dryRun: (call, standing) => dryRunJson(deployDeps, call, standing) }),
    ...chartRoutes({ catalog: registry.catalog, projects }),
    ...partRoutes({ catalog: registry.catalog, projects }),
    ...toolRoutes({ ...registry, ...rendering }),
    ...upkeepRoutes({
      ...deployDeps,
      upkeep: registry.upkeep,
      projects: quotasOf(config),
      calls: deps.collection.calls,
      prefetch: deps.prefetch,
    }),
    ...pinRoutes({ ...deployDeps, configured: config.clusters.map(({ name }) => name) }),
    ...attachmentRoutes({ catalog: registry.catalog, projects, ...rendering }),
    ...webhookRoutes({ ...deployDeps, secrets, receivers: config.receivers }),
    ...slackOf(deps, deployDeps),
    ...tokenRoutes(deployDeps),
    ...oidcRoutes({
      ...deployDeps,
      keys: createIssuerKeys({ ...deps, together: deps.together ?? true }),
      issuers: config.oidc.map(issuerOf),
    }),
    ...consoleRoutes(deployDeps),
    ...systemRoutes(system),
  );
  const mounted = mountRoutes({ ...auth, box, clock, randomBytes, log, metrics, registry: registry.answer }, routes);
  return {
    fetch: mounted.fetch,
    registry: mounted.registry,
    wake: (release, operation) => runOperation(deployDeps, release, operation),
    recover: () => recoverOperations(deployDeps),
    tidy: async () => {
      const before = clock.now() - OPERATION_LIFETIME;
      await deps.operations.prune(before);
      await sweepParts(deps.objects, before);
    },
    collect: () => collectAll(registry.upkeep, deps.collection, log),
    prefetch: () => prefetchAll(registry.upkeep, deps.prefetch, log),
    routes,
  };
}

function authDeps(deps: AppDeps): Parameters<typeof createRegistryAccess>[0] {
  const { config, secrets, records, embedded, box, clock } = deps;
  const open = config.projects.filter((project) => project.anonymousPull).map((project) => project.name);
  return {
    records,
    embedded,
    box,
    clock,
    tokens: config.tokens.map(({ name, token, grants }) => ({ name, grants, secret: secrets.reveal(token) })),
    anonymousGrants:
      open.length === 0 ? [] : [{ allow: ["charts:read"], projects: open, clusters: [], namespaces: [] }],
  };
}

function issuerOf({ clockSkew, rules, ...issuer }: OidcConfig): OidcIssuer {
  return {
    ...issuer,
    clockSkew: (parseDuration(clockSkew) ?? 0) / 1000,
    rules: rules.map(({ lifetime, ...rule }) => ({ ...rule, lifetime: parseDuration(lifetime) ?? 0 })),
  };
}

function quotasOf(config: Config): readonly { readonly name: string; readonly quota?: number }[] {
  return config.projects.flatMap((project) => {
    if (project.kind === "group") return [];
    const quota = project.kind === "hosted" ? project.quota : undefined;
    return [{ name: project.name, ...(quota === undefined ? {} : { quota }) }];
  });
}

const answerNothing: PendingResolver = async (requests) =>
  requests.map(({ kind }) => ({ ok: false, error: `${kind} is not available here` }));

function createDeployDeps(
  deps: AppDeps,
  made: Pick<DeployDeps, "metrics" | "catalog" | "postRenderers" | "functions"> & { readonly policies: PoliciesFor },
): DeployDeps {
  const { clock, randomBytes } = deps;
  const charts = createChartSource({ catalog: made.catalog, load: deps.loadChart });
  const parts = rememberParts(createPartStore({ objects: deps.objects, box: deps.box, digest: deps.digest }));
  return {
    ...made,
    parts,
    engine: deps.engine,
    start: deps.engine.start,
    store: deps.operations,
    records: deps.records,
    box: deps.box,
    wakeup: deps.wakeup,
    clock,
    log: deps.log,
    randomBytes,
    clusters: deps.clusters,
    encodeValues: deps.encodeValues,
    conflicts: deps.config.conflicts,
    defer: deps.defer,
    runs: deps.runs ?? "request",
    subrequests: deps.subrequests,
    ...(deps.stepsPerRun === undefined ? {} : { stepsPerRun: deps.stepsPerRun }),
    actionDeps: async (standing, guard) => {
      const address = addressOfStanding(standing);
      const { principal } = standing;
      const on = { cluster: address.cluster, namespace: address.namespace, release: address.name };
      return {
        ...reachThrough(deps, address, guard),
        charts,
        parts,
        now: clock.now,
        sleep: clock.sleep,
        randomBytes,
        postRender: made.postRenderers.run,
        runFunction: made.functions.run,
        ...judging(made.policies(address)),
        plans: createPlanKeeper({ records: deps.records, box: deps.box, clock, parts }, { address, principal }),
        authorize: async (targets) => {
          if (standing.action !== "plan") return assertTargets(principal, standing.action, on, targets);
          return assertPlanTargets(principal, stringAt(standing.summary, "planned") ?? "", on, targets);
        },
        authorizeLookup: async (target) => assertLookup(principal, on, target),
        ...deps.actionExtras?.(address),
      };
    },
    abandon: async (standing, guard, reason) => {
      if (standing.action === "plan") return;
      const address = addressOfStanding(standing);
      // Records carry seconds where Helm wrote them: a revision of this very second is the operation's own.
      const since = Math.floor(standing.created / 1000) * 1000;
      await abandonRevision(reachThrough(deps, address, guard), address, { since, now: clock.now(), reason });
    },
  };
}

/** Nothing where no policy judges. */
function judging(judge: JudgePlan | undefined): Pick<ActionDeps, "judge"> {
  return judge === undefined ? {} : { judge };
}

/** A release's cluster for as long as its lease is held. */
function reachThrough(
  deps: AppDeps,
  address: ReleaseAddress,
  guard: LeaseGuard,
): Pick<ActionDeps, "cluster" | "records"> {
  const reached = reachCluster(deps.clusters, address.cluster);
  return { ...reached, cluster: leaseTransport(reached.cluster, guard) };
}

function addressOfStanding(standing: Standing): ReleaseAddress {
  const address = addressOf(standing.operation);
  if (address === undefined) throw new Error("operation: its id names no release");
  return address;
}

function slackOf(deps: AppDeps, deployDeps: DeployDeps): readonly Route[] {
  const { slack } = deps.config.chat;
  return slack === undefined ? [] : slackRoutes({ ...deployDeps, slack, egress: deps.egress, secrets: deps.secrets });
}

function ownPush(event: PushEvent): { id: string; repository: string; tag: string; digest: string } {
  const repository = `${event.project}/${event.name}`;
  return { id: `${repository}:${event.tag}@${event.digest}`, repository, tag: event.tag, digest: event.digest };
}

async function probe(deps: AppDeps): Promise<void> {
  await deps.records.get("ready");
  await deps.objects.head("ready");
  await deps.operations.holder("ready");
}
