import * as z from "zod";
import type { PostRenderStrategy } from "../../engine/action/post-render.ts";
import type { ConflictPolicy } from "../../engine/action/request.ts";
import { grantSchema } from "../access/grant.ts";
import { parseDuration } from "../http/duration.ts";
import type {
  AllowConfig,
  ClusterConfig,
  CollectionConfig,
  Config,
  Deployment,
  DriftRule,
  OidcConfig,
  ExchangeConfig,
  PluginConfig,
  PrefetchConfig,
  ProjectConfig,
  ReceiverConfig,
  RequirementConfig,
  RetentionConfig,
  SignatureConfig,
  SlackConfig,
  StorageConfig,
  UpstreamConfig,
} from "./config.ts";

/** Entries of one list: a configuration is written by people; more is a generated mistake. */
const MAX_ENTRIES = 1000;
/** Plugins of one type: each runs at every change. */
const MAX_PLUGINS = 20;

const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and -");
const releaseName = z
  .string()
  .max(53)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, "must be a release name");
/** Any scheme: an entry that cannot resolve one refuses the start. A plain secret has no scheme, or a dash in it. */
const secret = z
  .string()
  .regex(/^[a-z]{2,12}:[^\s]+$/, "must be a reference such as env:NAME or file:PATH, never the secret itself");
const patterns = z.array(z.string().min(1).max(253)).min(1).max(MAX_ENTRIES);
const duration = z.string().regex(/^(\d+(\.\d+)?(ns|us|\u00b5s|ms|s|m|h))+$/, "must be a duration such as 5m");

/** A conflict policy, in configuration and requests. */
export const conflictsSchema: z.ZodType<ConflictPolicy> = z.union([
  z.enum(["helm", "default"]),
  z
    .array(
      z
        .strictObject({
          fields: patterns.optional(),
          managers: patterns.optional(),
          kinds: patterns.optional(),
          decision: z.enum(["fail", "force", "yield"]),
        })
        .transform(({ decision, fields, managers, kinds }) => ({
          decision,
          ...(fields === undefined ? {} : { fields }),
          ...(managers === undefined ? {} : { managers }),
          ...(kinds === undefined ? {} : { kinds }),
        })),
    )
    .max(100),
]);

const plugin = z
  .string()
  .max(512)
  .regex(/^[a-z0-9][-a-z0-9._]*(\/[a-z0-9][-a-z0-9._]*)+$/, "must be PROJECT/NAME");
const pluginConfig = z.record(z.string().max(256), z.string().max(64 * 1024)).default({});
/** Post-renderers of a request: what is run, with which arguments and configuration. */
export const postRenderer: {
  readonly plugin: z.ZodString;
  readonly args: z.ZodDefault<z.ZodArray<z.ZodString>>;
  readonly config: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>>;
} = {
  plugin: z
    .string()
    .min(1)
    .max(2048)
    .describe("PROJECT/NAME:TAG, PROJECT/NAME@sha256:… or oci://HOST/PROJECT/NAME:TAG"),
  args: z.array(z.string().max(4096)).max(100).default([]),
  config: pluginConfig,
};
/** Post-renderers as requests name them. */
export const postRendererList: z.ZodArray<
  z.ZodType<{ readonly plugin: string; readonly args: string[]; readonly config: Record<string, string> }>
> = z.array(z.strictObject(postRenderer)).max(10);
/** As requests name it. */
export const postRenderStrategy: z.ZodType<PostRenderStrategy> = z
  .enum(["combined", "separate", "nohooks"])
  .describe("Whether hooks go through post-renderers together with the rest, apart from it, or not at all")
  .default("combined");
const namedPlugin = { plugin: postRenderer.plugin, config: pluginConfig };
/** What Slipway fetches itself is no plugin's. */
const protocol = z
  .string()
  .regex(/^(?!(?:https?|oci|file)$)[a-z][a-z0-9+.-]{0,31}$/, "must be a scheme that no getter of Slipway's own has");
const limit = z.number().int().min(0);

const granted = {
  digest: z
    .string()
    .regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/, "must be sha256:… in full: of the module, or of its artifact")
    .optional(),
  hosts: z.array(z.string().min(1).max(253)).max(100).default([]),
  plainHttp: z.boolean().default(false),
  privateAddresses: z.boolean().default(false),
  config: pluginConfig,
  limits: z
    .strictObject({
      pages: limit.max(16_384).optional(),
      milliseconds: limit.max(300_000).optional(),
      outputBytes: limit.optional(),
      logBytes: limit.optional(),
      varBytes: limit.optional(),
      httpResponseBytes: limit.optional(),
      httpRequests: limit.max(1000).optional(),
    })
    .optional(),
};
const grantedPlugin: z.ZodType<PluginConfig> = z.strictObject({ plugin, ...granted });
/** What a user grants to plugins on his machine, by their names. */
export const grantsSchema: z.ZodType<readonly PluginConfig[]> = z
  .array(z.strictObject({ plugin: z.string().min(1).max(253), ...granted }))
  .max(MAX_ENTRIES);

const cluster: z.ZodType<ClusterConfig> = z.strictObject({
  name: label,
  kind: z.enum(["kubeconfig", "in-cluster", "embedded"]).default("kubeconfig"),
  kubeconfig: secret.optional(),
  context: z.string().optional(),
  reads: z.enum(["list", "get"]).default("list"),
  conflicts: conflictsSchema.optional(),
  records: z.enum(["secret", "configmap"]).optional(),
  postRenderers: z
    .array(z.strictObject({ ...postRenderer, releases: patterns.optional() }))
    .max(10)
    .optional(),
});

const storage: z.ZodType<StorageConfig> = z.strictObject({
  kind: z.literal("s3"),
  bucket: z.string().min(1).max(253),
  region: z.string().min(1).max(100),
  prefix: z
    .string()
    .max(253)
    .regex(/^[^/].*\/$/, "must end with / and not begin with it")
    .optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  credentials: z.strictObject({ accessKeyId: z.string().min(1), secretAccessKey: secret }).optional(),
});
const exchange: z.ZodType<ExchangeConfig> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ecr"), region: label }),
  z.strictObject({ kind: z.literal("gcp") }),
  z.strictObject({ kind: z.literal("azure"), tenant: z.string().regex(/^[\w.-]{1,253}$/, "must be a tenant's id") }),
]);

const upstream: z.ZodType<UpstreamConfig> = z.strictObject({
  name: label,
  kind: z.enum(["oci", "classic"]),
  url: z.url({ protocol: /^[a-z][a-z0-9+.-]{0,31}$/ }),
  credentials: z.strictObject({ username: z.string(), password: secret, exchange: exchange.optional() }).optional(),
  plainHttp: z.boolean().default(false),
  privateAddresses: z.boolean().default(false),
  freshness: duration.optional(),
  staleIfError: duration.optional(),
  negative: duration.optional(),
  deadline: duration.optional(),
  concurrency: z.number().int().min(1).max(1000).optional(),
  rate: z.strictObject({ requests: z.number().int().min(1), per: duration }).optional(),
  hosts: patterns.optional(),
  tokenRealms: patterns.optional(),
  passCredentials: z.boolean().optional(),
});

const UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
const size = z
  .union([z.number(), z.string().regex(/^[0-9]{1,12}(Ki|Mi|Gi|Ti)?$/, "must be bytes, or a size such as 10Gi")])
  .transform((written) => {
    if (typeof written === "number") return written;
    const digits = /^[0-9]+/.exec(written)?.[0] ?? "";
    return Number(digits) * (UNITS[written.slice(digits.length)] ?? 1);
  })
  .pipe(z.number().int().min(0));
const retention: z.ZodType<RetentionConfig> = z
  .strictObject({
    repositories: z.string().min(1).max(253).optional(),
    tags: z.string().min(1).max(128).optional(),
    keepLast: z.number().int().min(1).max(100_000).optional(),
    keepNewer: duration.optional(),
  })
  .refine(({ keepLast, keepNewer }) => keepLast !== undefined || keepNewer !== undefined, {
    message: "must say keepLast or keepNewer, else it would keep nothing",
  });

const chosenCharts = {
  charts: z.string().min(1).max(253),
  versions: z.string().min(1).max(256).optional(),
};
const allowed: z.ZodType<AllowConfig> = z.strictObject(chosenCharts);
const prefetched: z.ZodType<PrefetchConfig> = z.strictObject({
  ...chosenCharts,
  newest: z.number().int().min(1).max(1000).default(1),
});

const anonymousPull = z.boolean().default(false);
const project: z.ZodType<ProjectConfig> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("hosted"),
    name: label,
    anonymousPull,
    immutableTags: z.boolean().default(false),
    sparseImages: z.boolean().default(false),
    quota: size.optional(),
    retention: z.array(retention).min(1).max(100).optional(),
  }),
  z.strictObject({
    kind: z.literal("proxy"),
    name: label,
    anonymousPull,
    upstream: label,
    cap: size.optional(),
    prefetch: z.array(prefetched).min(1).max(MAX_ENTRIES).optional(),
    allow: z.array(allowed).min(1).max(MAX_ENTRIES).optional(),
    cooldown: duration.optional(),
    agedFrom: z.enum(["published", "first-seen"]).optional(),
  }),
  z.strictObject({
    kind: z.literal("group"),
    name: label,
    anonymousPull,
    members: z
      .array(z.strictObject({ project: label, own: patterns.optional() }))
      .min(1)
      .max(100),
    merge: patterns.optional(),
  }),
]);

/** Key files are small; a keyring of many people is not. */
const MAX_MATERIAL = 256 * 1024;
const material = z
  .string()
  .max(MAX_MATERIAL)
  .regex(
    /^(?:-----BEGIN [A-Z ]+-----|[a-z]{2,12}:[^\s]+$)/,
    "must be a text in PEM or armor, or a reference to one such as file:PATH",
  );
const identityPattern = z.string().min(1).max(2048);
const requirement: z.ZodType<RequirementConfig> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("provenance"),
    keyring: material,
    fingerprints: z
      .array(z.string().regex(/^[0-9A-F]{40,64}$/, "must be a fingerprint in upper-case hex"))
      .min(1)
      .max(100)
      .optional(),
  }),
  z.strictObject({ kind: z.literal("cosign-key"), keys: z.array(material).min(1).max(100) }),
  z.strictObject({
    kind: z.literal("cosign-identity"),
    roots: material,
    identity: identityPattern,
    issuer: identityPattern,
    log: material.optional(),
  }),
  z.strictObject({
    kind: z.literal("notation"),
    roots: material,
    identities: z.array(z.string().min(1).max(2048)).min(1).max(100).optional(),
  }),
]);
const signature: z.ZodType<SignatureConfig> = z.strictObject({
  projects: patterns,
  repositories: patterns.optional(),
  require: z.array(requirement).min(1).max(10),
});

const LEAST_EVERY_MS = 60_000;
/** Timers count no further than 24 days. */
const LONGEST_EVERY_MS = 168 * 3_600_000;
/** Three times what a write of a reference may take (registry/collection). */
const LEAST_GRACE_MS = 900_000;
const between = (least: number, most: number, words: string): z.ZodString =>
  duration.refine((text) => within(parseDuration(text), least, most), { message: `must be ${words}` });
const within = (time: number | undefined, least: number, most: number): boolean =>
  time !== undefined && time >= least && time <= most;
const collection: z.ZodType<CollectionConfig> = z.strictObject({
  every: between(LEAST_EVERY_MS, LONGEST_EVERY_MS, "between 1m and 168h").default("6h"),
  grace: between(LEAST_GRACE_MS, Number.POSITIVE_INFINITY, "15m at least").default("2h"),
});

const MAX_SKEW_MS = 300_000;
const MAX_LIFETIME_MS = 900_000;
const shortDuration = (most: number, words: string): z.ZodString =>
  duration.refine((text) => (parseDuration(text) ?? Number.POSITIVE_INFINITY) <= most, {
    message: `must be ${words} at most`,
  });
const claimPattern = z.string().min(1).max(1024);
/** Claims that every token of an issuer has fit anybody's. */
const claims = z
  .record(z.string().min(1).max(256), z.union([claimPattern, z.array(claimPattern).min(1).max(100)]))
  .refine((written) => Object.keys(written).some((claim) => !["iss", "aud"].includes(claim)), {
    message: "must name a claim beside iss and aud, else everybody with an account at the issuer fits",
  });
const oidc: z.ZodType<OidcConfig> = z.strictObject({
  name: label,
  issuer: z.url({ protocol: /^https?$/ }),
  audience: z.string().min(1).max(1024),
  jwksUri: z.url({ protocol: /^https?$/ }).optional(),
  plainHttp: z.boolean().default(false),
  privateAddresses: z.boolean().default(false),
  clockSkew: shortDuration(MAX_SKEW_MS, "5m").default("60s"),
  rules: z
    .array(
      z.strictObject({
        claims,
        grants: z.array(grantSchema).min(1).max(100),
        lifetime: shortDuration(MAX_LIFETIME_MS, "15m").default("15m"),
      }),
    )
    .min(1)
    .max(MAX_ENTRIES),
});

const deployment: z.ZodType<Deployment> = z.strictObject({
  cluster: label,
  namespace: label,
  release: releaseName,
  chart: z.string().regex(/^[a-z0-9][-a-z0-9._]*(\/[a-z0-9][-a-z0-9._]*)+$/, "must be PROJECT/NAME"),
  version: z.string().max(256).optional(),
  values: z.record(z.string(), z.unknown()).optional(),
  install: z.boolean().default(true),
  createNamespace: z.boolean().default(false),
  wait: z.enum(["hookOnly", "watcher", "legacy", "ordered"]).optional(),
  timeout: duration.optional(),
  rollbackOnFailure: z.boolean().optional(),
  reuseValues: z.boolean().optional(),
  alongside: z.boolean().optional(),
  clusterScoped: patterns.optional(),
});

const common = {
  name: z.string().regex(/^[A-Za-z0-9][-A-Za-z0-9_]{0,127}$/, "must be letters, digits, - and _"),
  deploy: z.array(deployment).min(1).max(100),
};
const receiver: z.ZodType<ReceiverConfig> = z.discriminatedUnion("kind", [
  z.strictObject({
    ...common,
    kind: z.literal("github"),
    secret,
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be OWNER/NAME"),
    branches: patterns.optional(),
    tags: patterns.optional(),
    paths: patterns.optional(),
  }),
  z.strictObject({ ...common, kind: z.literal("registry"), secret: secret.optional(), tags: patterns.optional() }),
  z.strictObject({ ...common, kind: z.literal("standard"), secret }),
]);

const slack: z.ZodType<SlackConfig> = z.strictObject({
  signingSecret: secret,
  teams: patterns,
  users: z
    .array(z.strictObject({ id: z.string().min(1), name: z.string().min(1), grants: z.array(grantSchema) }))
    .max(MAX_ENTRIES),
  deploy: z.array(deployment).max(MAX_ENTRIES),
});

const pointer = z.string().max(1024).regex(/^\//, "must be a JSON pointer such as /spec/replicas");
const driftRule: z.ZodType<DriftRule> = z.strictObject({
  clusters: patterns.optional(),
  namespaces: patterns.optional(),
  releases: patterns.optional(),
  kinds: patterns.optional(),
  ignore: z.array(pointer).min(1).max(100),
});

/** `slipway.yaml`. */
export const configSchema: z.ZodType<Config> = z.strictObject({
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  storage: storage.optional(),
  collection: collection.default({ every: "6h", grace: "2h" }),
  clusters: z.array(cluster).max(MAX_ENTRIES).default([]),
  upstreams: z.array(upstream).max(MAX_ENTRIES).default([]),
  projects: z.array(project).max(MAX_ENTRIES).default([]),
  tokens: z
    .array(z.strictObject({ name: z.string().min(1).max(100), token: secret, grants: z.array(grantSchema).min(1) }))
    .max(MAX_ENTRIES)
    .default([]),
  plugins: z.array(grantedPlugin).max(MAX_ENTRIES).default([]),
  functions: z.array(z.strictObject(namedPlugin)).max(MAX_PLUGINS).default([]),
  getters: z
    .array(
      z.strictObject({ ...namedPlugin, protocols: z.array(protocol).min(1).max(100), requests: patterns.optional() }),
    )
    .max(MAX_PLUGINS)
    .default([]),
  policies: z
    .array(z.strictObject({ ...namedPlugin, clusters: patterns.optional(), releases: patterns.optional() }))
    .max(MAX_PLUGINS)
    .default([]),
  signatures: z.array(signature).max(MAX_ENTRIES).default([]),
  oidc: z.array(oidc).max(100).default([]),
  receivers: z.array(receiver).max(MAX_ENTRIES).default([]),
  chat: z.strictObject({ slack: slack.optional() }).default({}),
  conflicts: conflictsSchema.default("default"),
  drift: z.array(driftRule).max(MAX_ENTRIES).default([]),
});
