import type { CreateHasher } from "../../engine/oci/digest.ts";
import { actionFor, advance, applyPlan, startPlan, stopAction } from "../../engine/action/index.ts";
import { loadArchive } from "../../engine/chart/index.ts";
import { encodeGoJson } from "../../engine/encoding/index.ts";
import type { DiscoveryData } from "../../engine/kube/discovery.ts";
import { type PluginHost, withGetters } from "../../engine/plugin/index.ts";
import type { Gzip } from "../../engine/release/codec.ts";
import { createRecordMemories } from "../../engine/release/record-memory.ts";
import { type App, type AppDeps, createApp } from "../../functions/app.ts";
import { createCatalog } from "../../functions/charts/registry-catalog.ts";
import { withConfiguredPins } from "../../functions/registry/configured-pins.ts";
import { createFunctionPlugins } from "../../functions/releases/function-plugins.ts";
import { createRequestFetch } from "../../functions/charts/request-url.ts";
import { createGetters } from "../../functions/releases/getters.ts";
import { createKeptPlugins } from "../../functions/releases/kept-plugins.ts";
import { createPolicies } from "../../functions/releases/policies.ts";
import { createPostRenderers } from "../../functions/releases/post-renderers.ts";
import type { SignatureRule } from "../../registry/projects/signing.ts";
import type { Leases } from "../../registry/upstream/lease.ts";
import type { ProjectPrefetch } from "../../functions/registry/upkeep.ts";
import type { Prefetch } from "../../registry/projects/prefetch.ts";
import type { Project } from "../../registry/projects/project.ts";
import { createRegistry } from "../../registry/registry.ts";
import { collectionTimes } from "./collection.ts";
import { answerPending } from "./pending.ts";
import { projectsOf } from "./projects.ts";

/** What a runtime gives; everything else of the application is the same on all. */
export interface ComposeOptions extends Omit<
  AppDeps,
  "engine" | "actionExtras" | "resolve" | "loadChart" | "encodeValues" | "openRegistry"
> {
  /** False where the runtime compresses answers. */
  readonly compress: boolean;
  /** False where requests may not share one upstream fetch in this process. */
  readonly together: boolean;
  /** What `digest` gives for bytes that come in pieces. */
  readonly hasher?: CreateHasher;
  /** The runtime's own gzip; the web's streams when absent. */
  readonly gzip?: Gzip;
  /** Where replicas agree on who asks an upstream; in the object store when absent. */
  readonly leases?: Leases;
  /** True for `host[:port]` in a chart reference that means this server. */
  readonly isOwnHost: (host: string) => boolean;
  /** What of the registry must be signed, as `signatureRules` gives it. */
  readonly signatures: readonly SignatureRule[];
  /** Runs WASM plugins; absent where the runtime runs none. */
  readonly pluginHost?: PluginHost;
}

async function prefetchAll(
  prefetch: Prefetch,
  projects: readonly Project[],
  limit: number,
): Promise<readonly ProjectPrefetch[]> {
  const reports: ProjectPrefetch[] = [];
  for (const project of projects) {
    if (project.kind !== "proxy" || project.prefetch === undefined) continue;
    reports.push({ project: project.name, ...(await prefetch(project, limit)) });
  }
  return reports;
}

/** The application on any runtime: the engine, the registry over the runtime's object store, and the HTTP floor. */
export function composeApp(options: ComposeOptions): App {
  const discoveries = new Map<string, DiscoveryData>();
  const memories = createRecordMemories();
  const projects = projectsOf(options.config, options.secrets, { egress: options.egress, now: options.clock.now });
  return createApp({
    ...options,
    engine: { start: (request) => actionFor(request).start(request), startPlan, applyPlan, advance, stop: stopAction },
    actionExtras: ({ cluster }) => ({
      discovery: {
        load: async () => discoveries.get(cluster),
        save: async (data) => void discoveries.set(cluster, data),
      },
      resolve: answerPending,
      memory: memories(cluster),
      ...(options.gzip === undefined ? {} : { gzip: options.gzip }),
    }),
    resolve: answerPending,
    loadChart: (archive) => loadArchive(archive),
    encodeValues: encodeGoJson,
    openRegistry: (wiring) => {
      const { objects: store, randomBytes: random, egress, clock, config } = options;
      const origin = config.publicUrl === undefined ? {} : { publicOrigin: new URL(config.publicUrl).origin };
      const kept = createKeptPlugins();
      const pluginsOf = (from: ReturnType<typeof createRegistry>) => ({
        plugins: from.plugins,
        host: options.pluginHost,
        grants: config.plugins,
        kept,
        isOwnHost: options.isOwnHost,
      });
      const getters = createGetters(() => pluginsOf(registry), config.getters, options.log);
      const registry = createRegistry({
        ...wiring,
        pins: withConfiguredPins(wiring.pins, {
          config,
          plugins: () => registry.plugins,
          isOwnHost: options.isOwnHost,
        }),
        compress: options.compress,
        together: options.together,
        grace: collectionTimes(config).grace,
        digest: options.digest,
        hasher: options.hasher,
        ...(options.leases === undefined ? {} : { leases: options.leases }),
        store,
        projects,
        signatures: options.signatures,
        egress: withGetters(egress, getters),
        clock,
        random,
        ...origin,
      });
      const plugins = pluginsOf(registry);
      return {
        answer: registry.answer,
        catalog: createCatalog({
          charts: registry.charts,
          attachments: registry.attachments,
          isOwnHost: options.isOwnHost,
        }),
        upkeep: {
          advance: registry.collector.advance,
          usage: registry.usage,
          check: registry.check,
          prefetch: async (limit) => await prefetchAll(registry.prefetch, projects, limit),
        },
        postRenderers: createPostRenderers(plugins),
        functions: createFunctionPlugins(plugins, config.functions),
        policies: createPolicies(plugins, config.policies),
        fetch: createRequestFetch(
          getters.flatMap((getter, index) => ({ getter, requests: config.getters[index]?.requests ?? [] })),
        ),
      };
    },
  });
}
