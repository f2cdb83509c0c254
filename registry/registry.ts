import type { ObjectStore } from "./content/object-store.ts";
import type { RegistryAccess } from "./http/access.ts";
import { createRegistryApp } from "./http/app.ts";
import type { HttpDeps, PushEvent } from "./http/context.ts";
import type { Project } from "./projects/project.ts";
import { createProjects } from "./projects/projects.ts";

/** What a registry is made of. */
export interface RegistryOptions {
  readonly store: ObjectStore;
  readonly projects: readonly Project[];
  readonly access: RegistryAccess;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
  /** `https://host[:port]` as clients see it; absent: taken from each request. */
  readonly publicOrigin?: string;
  /** Called after a pushed tag is visible; the push does not wait for it. */
  readonly onPush?: (event: PushEvent) => Promise<void>;
  /** Keeps work going after the answer (`waitUntil` on Workers). */
  readonly defer?: (work: Promise<void>) => void;
  /** Told of defects, for the log. */
  readonly report?: (error: unknown) => void;
}

/** A running registry. */
export interface Registry {
  /** Answers `/v2/…` and `/helm/…`. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Composes the registry's floors over a store. */
export function createRegistry(options: RegistryOptions): Registry {
  const byName = new Map(options.projects.map((project) => [project.name, project]));
  const deps: HttpDeps = {
    store: options.store,
    projects: createProjects({ store: options.store, find: (name) => byName.get(name) }),
    access: options.access,
    random: options.random,
    defer: options.defer ?? (() => undefined),
    report: options.report ?? (() => undefined),
    ...(options.publicOrigin === undefined ? {} : { publicOrigin: options.publicOrigin }),
    ...(options.onPush === undefined ? {} : { onPush: options.onPush }),
  };
  const app = createRegistryApp(deps);
  return { fetch: async (request) => await app.fetch(request) };
}
