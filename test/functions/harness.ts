import { createRequestFetch, type RequestGetter } from "../../functions/charts/request-url.ts";
import type { RegistryUpkeep } from "../../functions/registry/upkeep.ts";
import { NO_COUNTS } from "../../registry/collection/state.ts";
import type { ActionDeps, ActionState, Advance } from "../../engine/action/action.ts";
import type { RunPostRenderer } from "../../engine/action/post-render.ts";
import type { ActionRequest } from "../../engine/action/request.ts";
import { toJsonValue } from "../../engine/encoding/index.ts";
import type { JsonObject } from "../../engine/errors.ts";
import type { EgressRequest } from "../../engine/oci/egress.ts";
import { OciError } from "../../engine/oci/error.ts";
import { ADMIN, type Grant } from "../../functions/access/grant.ts";
import { type App, type AppDeps, createApp, type RegistryWiring } from "../../functions/app.ts";
import type { AttachmentStore, ChartItem } from "../../functions/charts/chart-catalog.ts";
import { parseConfig } from "../../functions/config/parse.ts";
import { resolveSecrets } from "../../functions/config/secret.ts";
import type { RegistryPlace } from "../../registry/projects/own-reference.ts";
import { isJsonObject } from "../../functions/http/json.ts";
import { createSecretBox } from "../../functions/http/secret-box.ts";
import { createMemoryOperations } from "../../infra/memory/memory-operations.ts";
import { createMemoryRecords } from "../../infra/memory/memory-records.ts";
import type { ObjectStore } from "../../registry/content/object-store.ts";
import { answerOf } from "../../registry/http/exchange.ts";
import { createFakeCluster } from "./fake-cluster.ts";

/** Must be found in no answer, log line, event or record in the open. */
export const CANARY = "canary-7f3a91";
export const ADMIN_TOKEN = "admin-token-000000000000000000000000";
export const READER_TOKEN = "reader-token-00000000000000000000000";
export const TEAM_TOKEN = "team-token-0000000000000000000000000";
export const GITHUB_SECRET = `github-${CANARY}`;
export const REGISTRY_SECRET = `registry-${CANARY}`;
export const SLACK_SECRET = `slack-${CANARY}`;
/** `whsec_` and base64 of "standard secret". */
export const STANDARD_SECRET = "whsec_c3RhbmRhcmQgc2VjcmV0";

const SECRETS: Readonly<Record<string, string>> = {
  "env:ADMIN": ADMIN_TOKEN,
  "env:READER": READER_TOKEN,
  "env:TEAM": TEAM_TOKEN,
  "env:GITHUB": GITHUB_SECRET,
  "env:REGISTRY": REGISTRY_SECRET,
  "env:SLACK": SLACK_SECRET,
  "env:STANDARD": STANDARD_SECRET,
};

const READER: Grant = { allow: ["releases:read", "charts:read"] };
const TEAM: Grant = { allow: ["releases:*", "charts:read"], clusters: ["local"], namespaces: ["team"] };

const DEPLOY = { cluster: "local", namespace: "default", release: "web", chart: "charts/web", version: "^1.0.0" };

export const CONFIG = {
  clusters: [{ name: "local" }],
  projects: [
    { kind: "hosted", name: "charts" },
    { kind: "hosted", name: "open", anonymousPull: true },
  ],
  tokens: [
    { name: "admin", token: "env:ADMIN", grants: [ADMIN] },
    { name: "reader", token: "env:READER", grants: [READER] },
    { name: "team", token: "env:TEAM", grants: [TEAM] },
  ],
  receivers: [
    {
      kind: "github",
      name: "gh",
      secret: "env:GITHUB",
      repository: "acme/web",
      branches: ["main"],
      paths: ["deploy/*"],
      deploy: [DEPLOY],
    },
    { kind: "registry", name: "reg", secret: "env:REGISTRY", deploy: [DEPLOY] },
    { kind: "registry", name: "own", deploy: [DEPLOY] },
    { kind: "standard", name: "std", secret: "env:STANDARD", deploy: [DEPLOY] },
  ],
  chat: {
    slack: {
      signingSecret: "env:SLACK",
      teams: ["T1"],
      users: [
        { id: "U1", name: "ada", grants: [{ allow: ["releases:read", "releases:upgrade", "charts:read"] }] },
        { id: "U2", name: "bob", grants: [{ allow: ["releases:read"] }] },
      ],
      deploy: [DEPLOY],
    },
  },
};

function placeOf(reference: string): RegistryPlace | undefined {
  const [, project, repository] = /^(?:oci:\/\/localhost:8080\/)?(charts|open)\/([^:@]+)/.exec(reference) ?? [];
  return project === undefined || repository === undefined ? undefined : { project, repository };
}

const WEB_VERSIONS = ["1.0.0", "1.2.0", "2.0.0"];

export function digestOf(version: string): string {
  return `sha256:${version.replaceAll(".", "").padStart(64, "0")}`;
}

/** A registry without a manifest to attach to. */
export const NO_ATTACHMENTS: AttachmentStore = {
  subject: async () => undefined,
  list: async () => [],
  attach: async () => undefined,
};

/** A registry in which there is nothing to look after. */
export const NO_UPKEEP: RegistryUpkeep = {
  advance: async () => ({ epoch: 1, state: "done", phase: "idle", counts: NO_COUNTS }),
  usage: async () => ({ bytes: 0 }),
  check: async () => ({ checked: 0, bytes: 0, faults: [] }),
  prefetch: async () => [],
};

export interface TestApp {
  readonly app: App;
  readonly wiring: RegistryWiring;
  readonly cluster: ReturnType<typeof createFakeCluster>;
  readonly time: { now: number };
  readonly log: JsonObject[];
  readonly egress: { url: string; body: string }[];
  readonly requests: ActionRequest[];
  readonly deps: AppDeps;
  readonly deferred: Promise<void>[];
  /** Runs everything that was put off: background work and wakeups. */
  readonly settle: () => Promise<void>;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Response>;
  /** What the fake action does; state is what `start` made. */
  behave: (deps: ActionDeps, state: ActionState) => Promise<Omit<Advance, "state">> | Omit<Advance, "state">;
}

export interface CallOptions {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export const SUCCEEDED: Omit<Advance, "state"> = {
  events: [{ type: "phase", phase: "apply", message: "applying" }],
  next: {
    kind: "done",
    outcome: { kind: "succeeded", release: { name: "web", revision: 2 }, undo: "helm rollback web 1" },
  },
};

export function failed(code: string, message: string, detail: JsonObject = {}): Omit<Advance, "state"> {
  return { events: [], next: { kind: "done", outcome: { kind: "failed", code, message, detail, undo: "" } } };
}

export const memoryObjects = (): ObjectStore => {
  const refuse = async (): Promise<never> => {
    throw new Error("not in this test");
  };
  return {
    head: async () => undefined,
    get: async () => undefined,
    put: async () => ({ kind: "stored", etag: "1" }),
    delete: async () => false,
    list: async () => ({ items: [] }),
    beginMultipart: refuse,
    putPart: refuse,
    completeMultipart: refuse,
    abortMultipart: refuse,
  };
};

/** An application over memory, a fake cluster and a fake engine. */
export async function createTestApp(
  options: {
    embedded?: boolean;
    config?: object;
    getters?: readonly RequestGetter[];
    postRender?: RunPostRenderer;
  } = {},
): Promise<TestApp> {
  const time = { now: Date.parse("2026-11-21T09:00:00Z") };
  const log: JsonObject[] = [];
  const egress: { url: string; body: string }[] = [];
  const requests: ActionRequest[] = [];
  const wakeups: { release: string; operation: string }[] = [];
  const deferred: Promise<void>[] = [];
  const cluster = createFakeCluster();
  const config = parseConfig(JSON.stringify(options.config ?? CONFIG));
  const secrets = await resolveSecrets(config, (reference) => SECRETS[reference]);
  let random = 0;
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, ++random);
    return bytes;
  };
  const clock = {
    now: () => time.now,
    sleep: (_milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted === true) resolve();
        signal?.addEventListener("abort", () => resolve());
      }),
  };
  const wirings: RegistryWiring[] = [];
  let behave: TestApp["behave"] = () => SUCCEEDED;
  const item = (version: string): ChartItem => ({ project: "charts", name: "web", version, digest: digestOf(version) });
  const deps: AppDeps = {
    version: "0.0.0-test",
    config,
    secrets,
    embedded: options.embedded ?? false,
    clusters: { names: () => ["local"], find: (name) => (name === "local" ? { name, transport: cluster } : undefined) },
    openRegistry: (wiring) => {
      wirings.push(wiring);
      return {
        answer: async (request) => {
          const wishes = [{ project: "charts", repository: "charts/web", actions: ["pull" as const] }];
          return answerOf(Response.json(await wiring.access.decide({ request, wishes })));
        },
        postRenderers: {
          placeOf,
          pin: async (wanted) => ({ ...wanted, digest: digestOf("9") }),
          run: options.postRender ?? (() => Promise.reject(new Error("no plugins here"))),
        },
        functions: { pin: async () => [], run: () => Promise.reject(new Error("no plugins here")) },
        policies: () => undefined,
        fetch: createRequestFetch(options.getters ?? []),
        catalog: {
          placeOf,
          resolve: async ({ reference, version = "*" }) => {
            const pinned = /@(sha256:.*)$/.exec(reference)?.[1];
            const found = WEB_VERSIONS.toReversed().find((known) =>
              pinned === undefined
                ? version === "*" ||
                  version === known ||
                  (version.startsWith("^") && known.startsWith(version.slice(1, 2)))
                : digestOf(known) === pinned,
            );
            if (found === undefined || !reference.includes("charts/web")) throw new OciError("MANIFEST_UNKNOWN");
            return { reference, name: "web", version: found, digest: digestOf(found) };
          },
          openArchive: async () => undefined,
          attachments: NO_ATTACHMENTS,
          list: async (project) => ({ items: project === "charts" ? [item("2.0.0")] : [] }),
          versions: async (project, name) =>
            `${project}/${name}` === "charts/web" ? WEB_VERSIONS.toReversed().map(item) : [],
        },
        upkeep: NO_UPKEEP,
      };
    },
    prefetch: 10,
    collection: { calls: 100, slices: 1 },
    engine: {
      start: (request) => {
        requests.push(request);
        return { version: 1, action: request.action, request: JSON.parse(JSON.stringify(request)) };
      },
      startPlan: (request) => {
        requests.push(request);
        return { version: 1, action: request.action, plan: true, request: JSON.parse(JSON.stringify(request)) };
      },
      applyPlan: (pins) => ({ version: 1, action: pins.action, pins: JSON.parse(JSON.stringify(pins)) }),
      advance: async (state, actionDeps) => ({ state, ...(await behave(actionDeps, state)) }),
    },
    loadChart: async () => {
      throw new Error("not in this test");
    },
    encodeValues: (values) => {
      const value = toJsonValue(values);
      if (!isJsonObject(value)) throw new Error("values");
      return value;
    },
    objects: memoryObjects(),
    records: createMemoryRecords({ now: clock.now }),
    operations: createMemoryOperations({ now: clock.now, newToken: () => `lease-${++random}` }),
    wakeup: { at: async (release, operation) => void wakeups.push({ release, operation }) },
    box: await createSecretBox(new Uint8Array(32).fill(3), { randomBytes }),
    clock,
    randomBytes,
    log: { write: (level, message, fields) => void log.push({ level, message, ...fields }) },
    egress: {
      send: async (request: EgressRequest) => {
        egress.push({
          url: request.url,
          body: new TextDecoder().decode(request.body instanceof Uint8Array ? request.body : undefined),
        });
        return { status: 200, headers: new Headers(), body: null };
      },
    },
    defer: (work) => void deferred.push(work),
    subrequests: 40,
  };
  const app = createApp(deps);
  const [wiring] = wirings;
  if (wiring === undefined) throw new Error("no registry was opened");
  return {
    app,
    wiring,
    cluster,
    time,
    log,
    egress,
    requests,
    deps,
    deferred,
    get behave() {
      return behave;
    },
    set behave(next) {
      behave = next;
    },
    settle: async () => {
      for (;;) {
        await Promise.all(deferred.splice(0));
        const wake = wakeups.shift();
        if (wake === undefined && deferred.length === 0) return;
        if (wake !== undefined) await app.wake(wake.release, wake.operation);
      }
    },
    call: async (method, path, { token = ADMIN_TOKEN, json, body, headers = {}, signal } = {}) => {
      const sent = new Headers({ host: "localhost:8080", ...headers });
      if (token !== "") sent.set("authorization", `Bearer ${token}`);
      if (json !== undefined) sent.set("content-type", "application/json");
      const content = json === undefined ? body : JSON.stringify(json);
      return await app.fetch(
        new Request(`http://localhost:8080${path}`, {
          method,
          headers: sent,
          ...(content === undefined ? {} : { body: content }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    },
  };
}

export const WEB = "/v1/clusters/local/namespaces/default/releases/web";
