import * as z from "zod";
import type { PostRenderStrategy } from "../../engine/action/post-render.ts";
import type { ConflictPolicy, CrdPolicy, RecordChart, ServerSide, WaitStrategy } from "../../engine/action/request.ts";
import { conflictsSchema, postRendererList, postRenderStrategy } from "../config/schema.ts";
import { type ValuesBody, valuesMembers } from "../http/values.ts";
import { parseDuration } from "../http/duration.ts";
import type { WantedPostRenderer } from "./post-renderers.ts";

/** Options that install, upgrade and rollback share, by the names of Helm's flags. Times are milliseconds. */
export interface ApplyBody {
  readonly wait?: WaitStrategy | undefined;
  readonly waitForJobs: boolean;
  readonly timeout?: number | undefined;
  readonly readinessTimeout?: number | undefined;
  readonly noHooks: boolean;
  readonly conflicts?: ConflictPolicy | undefined;
  readonly forceConflicts: boolean;
  readonly forceReplace: boolean;
  readonly dryRun: "none" | "client" | "server";
  readonly recordChart?: RecordChart | undefined;
  readonly description?: string | undefined;
  readonly reclaim?: readonly string[] | undefined;
  readonly alongside: boolean;
}

/** Chart and values. */
export interface ChartBody extends ValuesBody {
  readonly chart: string;
  readonly version?: string | undefined;
  readonly devel: boolean;
  readonly skipSchemaValidation: boolean;
  readonly skipCrds: boolean;
  readonly takeOwnership: boolean;
  readonly rollbackOnFailure: boolean;
  readonly enableDns: boolean;
  readonly hideSecret: boolean;
  readonly renderSubchartNotes: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: those that the configuration names for the release. */
  readonly postRenderers?: readonly WantedPostRenderer[] | undefined;
  readonly postRenderStrategy: PostRenderStrategy;
}

export interface InstallBody extends ApplyBody, ChartBody {
  readonly serverSide: boolean;
  readonly createNamespace: boolean;
  readonly replace: boolean;
}

export interface UpgradeBody extends ApplyBody, ChartBody {
  readonly serverSide: ServerSide;
  readonly install: boolean;
  readonly crds?: CrdPolicy | undefined;
  readonly createNamespace: boolean;
  readonly resetValues: boolean;
  readonly reuseValues: boolean;
  readonly resetThenReuseValues: boolean;
  readonly cleanupOnFail: boolean;
  readonly historyMax: number;
}

export interface RollbackBody extends ApplyBody {
  readonly serverSide: ServerSide;
  readonly revision: number;
  readonly cleanupOnFail: boolean;
  readonly historyMax: number;
}

export interface UninstallBody {
  readonly keepHistory: boolean;
  readonly ignoreNotFound: boolean;
  readonly noHooks: boolean;
  readonly cascade: "background" | "foreground" | "orphan";
  readonly wait?: WaitStrategy | undefined;
  readonly timeout?: number | undefined;
  readonly dryRun: "none" | "client";
  readonly conflicts?: ConflictPolicy | undefined;
  readonly description?: string | undefined;
  readonly alongside: boolean;
}

export interface TestBody {
  readonly filter: readonly string[];
  readonly logs: boolean;
  readonly timeout?: number | undefined;
}

/** Helm's default. */
const HISTORY_MAX = 10;

const flag = z.boolean().default(false);
const duration = z
  .string()
  .max(64)
  .describe("A Go duration such as 5m0s")
  .transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: "custom", message: "must be a Go duration such as 5m0s" });
    return z.NEVER;
  });
/** As `--wait`: `true` is `watcher`, `false` is `hookOnly`. */
const wait = z
  .union([z.enum(["hookOnly", "watcher", "legacy", "ordered"]), z.boolean()])
  .describe("ordered: one batch of resource groups and subcharts after the other (HIP-0025)")
  .transform((value): WaitStrategy => (typeof value === "string" ? value : value ? "watcher" : "hookOnly"));
const dryRun = z
  .union([z.enum(["none", "client", "server"]), z.boolean()])
  .transform((value) => (typeof value === "string" ? value : value ? "client" : "none"))
  .default("none")
  .describe(
    "Everything up to the first write; `release` of the operation has manifest, hooks, notes and values. What would change tells the release's /plan",
  );

const serverSide = z
  .union([z.boolean(), z.literal("auto")])
  .default("auto")
  .describe("Server-side apply; auto: as the release was last written");

const alongside = flag.describe(
  "Go on although Argo CD or Flux manages objects of the release, too; else the answer is managed-by-gitops",
);

const apply = {
  wait: wait.optional(),
  waitForJobs: flag,
  timeout: duration.optional(),
  readinessTimeout: duration.optional(),
  noHooks: flag,
  conflicts: conflictsSchema.optional(),
  forceConflicts: flag,
  forceReplace: flag,
  dryRun,
  recordChart: z
    .enum(["full", "slim"])
    .describe("slim: the release record keeps of the chart only metadata, values and schema")
    .optional(),
  description: z.string().max(4096).optional(),
  reclaim: z
    .array(z.string().min(1).max(1024))
    .max(100)
    .describe("Fields that are taken back from those whom they were left to, e.g. .spec.replicas")
    .optional(),
  alongside,
};

const chart = {
  chart: z
    .string()
    .min(1)
    .max(2048)
    .describe(
      "oci://HOST/PROJECT/NAME:VERSION, oci://HOST/PROJECT/NAME@sha256:…, PROJECT/NAME (with version), or an https URL",
    ),
  version: z.string().max(256).describe("A version or a constraint").optional(),
  devel: flag,
  ...valuesMembers,
  skipSchemaValidation: flag,
  skipCrds: flag,
  takeOwnership: flag,
  rollbackOnFailure: flag,
  disableOpenapiValidation: flag.describe("Taken as by helm; with server-side apply the server validates in any case"),
  enableDns: flag,
  hideSecret: flag.describe("With dryRun: Secrets are left out of its manifest, as by helm's --hide-secret"),
  renderSubchartNotes: flag,
  labels: z.record(z.string(), z.string()).default({}),
  postRenderers: postRendererList
    .describe(
      "WASM plugins that the rendered manifests go through, in this order; absent: as configured for the cluster",
    )
    .optional(),
  postRenderStrategy,
};

const historyMax = z.number().int().min(0).max(1_000_000).default(HISTORY_MAX);

const installShape = {
  ...apply,
  ...chart,
  serverSide: z.boolean().default(true),
  createNamespace: flag,
  replace: flag,
};

const upgradeShape = {
  ...apply,
  ...chart,
  serverSide,
  install: flag,
  crds: z
    .enum(["skip", "create", "create-replace"])
    .describe(
      "What an upgrade does about the CRDs in crds/: nothing, as Helm; make missing ones; also update the others",
    )
    .optional(),
  createNamespace: flag,
  resetValues: flag,
  reuseValues: flag,
  resetThenReuseValues: flag,
  cleanupOnFail: flag,
  historyMax,
};

const rollbackShape = {
  ...apply,
  serverSide,
  revision: z.number().int().min(0).default(0),
  cleanupOnFail: flag,
  historyMax,
};

const uninstallShape = {
  keepHistory: flag,
  ignoreNotFound: flag,
  noHooks: flag,
  cascade: z.enum(["background", "foreground", "orphan"]).default("background"),
  wait: wait.optional(),
  timeout: duration.optional(),
  dryRun: z
    .union([z.enum(["none", "client"]), z.boolean()])
    .transform((value) => (typeof value === "string" ? value : value ? ("client" as const) : ("none" as const)))
    .default("none"),
  conflicts: conflictsSchema
    .describe(
      "helm: also with a manifest that cannot be built the record is changed first, as by Helm; all else is the same here",
    )
    .optional(),
  description: z.string().max(4096).optional(),
  alongside,
};

const ONE_REUSE = {
  message: "resetValues, reuseValues and resetThenReuseValues exclude each other",
  path: ["reuseValues"],
};

function hasOneReuse(body: Pick<UpgradeBody, "resetValues" | "reuseValues" | "resetThenReuseValues">): boolean {
  return [body.resetValues, body.reuseValues, body.resetThenReuseValues].filter(Boolean).length < 2;
}

/** Helm's words. */
const HIDES_IN_DRY_RUNS = { message: "hiding Kubernetes secrets requires a dry-run mode", path: ["hideSecret"] };

function hidesInDryRuns(body: Pick<ApplyBody & ChartBody, "hideSecret" | "dryRun">): boolean {
  return !body.hideSecret || body.dryRun !== "none";
}

export const installBody: z.ZodType<InstallBody> = z
  .strictObject(installShape)
  .refine(hidesInDryRuns, HIDES_IN_DRY_RUNS);

export const upgradeBody: z.ZodType<UpgradeBody> = z
  .strictObject(upgradeShape)
  .refine(hasOneReuse, ONE_REUSE)
  .refine(hidesInDryRuns, HIDES_IN_DRY_RUNS);

export const rollbackBody: z.ZodType<RollbackBody> = z.strictObject(rollbackShape);

export const uninstallBody: z.ZodType<UninstallBody> = z.strictObject(uninstallShape);

/** A change that somebody asks for. */
export type Change =
  | { readonly action: "install"; readonly body: InstallBody }
  | { readonly action: "upgrade"; readonly body: UpgradeBody }
  | { readonly action: "rollback"; readonly body: RollbackBody }
  | { readonly action: "uninstall"; readonly body: UninstallBody }
  | { readonly action: "test"; readonly body: TestBody };

/** A change to be planned: the body of the action's own route, and `action`. A plan is its own dry run. */
export const planBody: z.ZodType<Change> = z
  .discriminatedUnion("action", [
    z.strictObject({ action: z.literal("install"), ...installShape }).refine(hidesInDryRuns, HIDES_IN_DRY_RUNS),
    z
      .strictObject({ action: z.literal("upgrade"), ...upgradeShape })
      .refine(hasOneReuse, ONE_REUSE)
      .refine(hidesInDryRuns, HIDES_IN_DRY_RUNS),
    z.strictObject({ action: z.literal("rollback"), ...rollbackShape }),
    z.strictObject({ action: z.literal("uninstall"), ...uninstallShape }),
  ])
  .refine((asked) => asked.dryRun === "none", { message: "a plan writes nothing by itself", path: ["dryRun"] })
  .transform(toChange);

type Asked =
  | ({ readonly action: "install" } & InstallBody)
  | ({ readonly action: "upgrade" } & UpgradeBody)
  | ({ readonly action: "rollback" } & RollbackBody)
  | ({ readonly action: "uninstall" } & UninstallBody);

function toChange(asked: Asked): Change {
  switch (asked.action) {
    case "install":
      return { action: asked.action, body: asked };
    case "upgrade":
      return { action: asked.action, body: asked };
    case "rollback":
      return { action: asked.action, body: asked };
    default:
      return { action: asked.action, body: asked };
  }
}

export const testBody: z.ZodType<TestBody> = z.strictObject({
  filter: z
    .array(z.string().max(300))
    .max(100)
    .default([])
    .describe("As helm's --filter: name=TEST runs that one, !name=TEST leaves it out"),
  logs: flag.describe("Tell the logs of test pods in the event stream"),
  timeout: duration.optional(),
});
