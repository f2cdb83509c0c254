import { actionFor, advance, applyPlan, startPlan, stopAction } from "../../engine/action/index.ts";
import { loadArchive } from "../../engine/chart/index.ts";
import { encodeGoJson } from "../../engine/encoding/index.ts";
import type { DiscoveryData } from "../../engine/kube/discovery.ts";
import { createRecordMemories } from "../../engine/release/record-memory.ts";
import type { PluginHost } from "../../engine/plugin/index.ts";
import { type App, type AppDeps, createApp } from "../../functions/app.ts";
import { createCatalog } from "../../functions/charts/registry-catalog.ts";
import { createPostRenderers } from "../../functions/releases/post-renderers.ts";
import { createRegistry } from "../../registry/registry.ts";
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
  /** True for `host[:port]` in a chart reference that means this server. */
  readonly isOwnHost: (host: string) => boolean;
  /** Runs WASM plugins; absent where the runtime runs none. */
  readonly pluginHost?: PluginHost;
}

/** The application on any runtime: the engine, the registry over the runtime's object store, and the HTTP floor. */
export function composeApp(options: ComposeOptions): App {
  const discoveries = new Map<string, DiscoveryData>();
  const memories = createRecordMemories();
  const projects = projectsOf(options.config, options.secrets);
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
    }),
    resolve: answerPending,
    loadChart: (archive) => loadArchive(archive),
    encodeValues: encodeGoJson,
    openRegistry: (wiring) => {
      const { objects: store, randomBytes: random, egress, clock, config } = options;
      const origin = config.publicUrl === undefined ? {} : { publicOrigin: new URL(config.publicUrl).origin };
      const registry = createRegistry({
        ...wiring,
        compress: options.compress,
        together: options.together,
        store,
        projects,
        egress,
        clock,
        random,
        ...origin,
      });
      return {
        fetch: registry.fetch,
        catalog: createCatalog({
          charts: registry.charts,
          attachments: registry.attachments,
          isOwnHost: options.isOwnHost,
        }),
        upkeep: { advance: registry.collector.advance, usage: registry.usage, check: registry.check },
        postRenderers: createPostRenderers({
          plugins: registry.plugins,
          host: options.pluginHost,
          grants: config.plugins,
          isOwnHost: options.isOwnHost,
        }),
      };
    },
  });
}
