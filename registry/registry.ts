import type { Egress } from "../engine/oci/egress.ts";
import { createBodyBudget } from "./content/body-budget.ts";
import type { ObjectStore } from "./content/object-store.ts";
import type { RegistryAccess } from "./http/access.ts";
import { createRegistryApp } from "./http/app.ts";
import type { HttpDeps, PushEvent } from "./http/context.ts";
import { type Attachments, createAttachments } from "./projects/attachments.ts";
import { type Charts, createCharts } from "./projects/charts.ts";
import type { FindProject, Project } from "./projects/project.ts";
import { createProjects } from "./projects/projects.ts";

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
    readonly sleep: (milliseconds: number) => Promise<void>;
  };
  /** False where one request may not wait for another one's promise (Workers): then upstream fetches are shared by the store alone. */
  readonly together?: boolean;
  readonly access: RegistryAccess;
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
  /** Told of defects, for the log. */
  readonly report?: (error: unknown) => void;
}

/** A running registry. */
export interface Registry {
  /** Answers `/v2/…` and `/helm/…`. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly charts: Charts;
  readonly attachments: Attachments;
}

/** Composes the registry's floors over a store. */
export function createRegistry(options: RegistryOptions): Registry {
  const { store, random, egress, clock, publicOrigin } = options;
  const now = (): number => clock.now();
  const projects = createProjects({
    store,
    random,
    egress,
    now,
    sleep: async (milliseconds) => await clock.sleep(milliseconds),
    together: options.together ?? true,
    find: finder(options.projects),
  });
  const charts = createCharts(projects, publicOrigin?.slice(publicOrigin.indexOf("//") + 2));
  const deps: HttpDeps = {
    store,
    projects,
    charts,
    now,
    random,
    bodies: createBodyBudget(),
    access: options.access,
    compress: options.compress ?? true,
    defer: options.defer ?? (() => undefined),
    report: options.report ?? (() => undefined),
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(options.onPush === undefined ? {} : { onPush: options.onPush }),
  };
  return { charts, attachments: createAttachments(store, projects), fetch: createRegistryApp(deps) };
}

function finder(projects: readonly Project[] | FindProject): FindProject {
  if (typeof projects === "function") return projects;
  const byName = new Map(projects.map((project) => [project.name, project]));
  return (name) => byName.get(name);
}
