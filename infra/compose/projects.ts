import type { EgressPolicy } from "../../engine/oci/egress.ts";
import type {
  AllowConfig,
  Config,
  PrefetchConfig,
  ProjectConfig,
  RetentionConfig,
  UpstreamConfig,
} from "../../functions/config/config.ts";
import { parseConstraint } from "../../engine/semver/index.ts";
import { ConfigError } from "../../functions/config/parse.ts";
import type { Secrets } from "../../functions/config/secret.ts";
import { parseDuration } from "../../functions/http/duration.ts";
import type { PrefetchRule } from "../../registry/projects/prefetch.ts";
import type { Project, RetentionRule } from "../../registry/projects/project.ts";
import type { AllowRule, PullPolicy } from "../../registry/projects/pull-policy.ts";
import {
  DEFAULT_FRESHNESS,
  type Freshness,
  type Rate,
  type Upstream,
  type UpstreamCredentials,
} from "../../registry/upstream/upstream.ts";
import { createExchange } from "../cloud/exchange.ts";
import type { ExchangeDeps } from "../cloud/token-service.ts";

/** The registry's projects out of a checked configuration. */
export function projectsOf(config: Config, secrets: Secrets, deps: ExchangeDeps): readonly Project[] {
  const upstreams = new Map(config.upstreams.map((upstream) => [upstream.name, upstreamOf(upstream, secrets, deps)]));
  return config.projects.map((project): Project => {
    if (project.kind === "hosted") return hostedOf(project);
    if (project.kind === "group") {
      const members = project.members.map(({ project: name, own }) => ({
        project: name,
        ...(own === undefined ? {} : { own }),
      }));
      return {
        kind: "group",
        name: project.name,
        members,
        ...(project.merge === undefined ? {} : { merge: project.merge }),
      };
    }
    const upstream = upstreams.get(project.upstream);
    if (upstream === undefined) throw new Error(`project ${project.name}: its upstream was never checked`);
    const { name, cap } = project;
    const policy = policyOf(project);
    return {
      kind: "proxy",
      name,
      upstream,
      ...(cap === undefined ? {} : { cap }),
      ...(project.prefetch === undefined ? {} : { prefetch: project.prefetch.map(prefetchOf) }),
      ...(policy === undefined ? {} : { policy }),
    };
  });
}

function hostedOf(project: Extract<ProjectConfig, { kind: "hosted" }>): Project {
  const { name, immutableTags, sparseImages, quota, retention } = project;
  return {
    kind: "hosted",
    name,
    immutableTags,
    sparseImages,
    ...(quota === undefined ? {} : { quota }),
    ...(retention === undefined ? {} : { retention: retention.map((rule) => ruleOf(name, rule)) }),
  };
}

function policyOf({
  name,
  allow,
  cooldown,
  agedFrom,
}: Extract<ProjectConfig, { kind: "proxy" }>): PullPolicy | undefined {
  if (allow === undefined && cooldown === undefined) return undefined;
  return {
    ...(allow === undefined ? {} : { allow: allow.map(allowOf) }),
    ...(cooldown === undefined ? {} : { cooldown: millisecondsOf(`project ${name}: cooldown`, "/projects", cooldown) }),
    ...(agedFrom === undefined ? {} : { agedFrom }),
  };
}

function allowOf({ charts, versions }: AllowConfig): AllowRule {
  return versions === undefined ? { charts } : { charts, versions: parseConstraint(versions) };
}

function prefetchOf({ newest, ...chosen }: PrefetchConfig): PrefetchRule {
  return { ...allowOf(chosen), newest };
}

/** A duration that is longer than nothing. Throws a {@link ConfigError}. */
function millisecondsOf(what: string, pointer: string, text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  const detail = `${what} ${text} must be longer than nothing and at most a year`;
  throw new ConfigError("slipway.yaml", [{ pointer, detail }]);
}

/** A rule whose age cannot be read would keep nothing. */
function ruleOf(project: string, { repositories, tags, keepLast, keepNewer }: RetentionConfig): RetentionRule {
  const age = keepNewer === undefined ? undefined : parseDuration(keepNewer);
  if (keepNewer !== undefined && (age === undefined || age <= 0)) {
    const detail = `project ${project}: retention keepNewer ${keepNewer} must be longer than nothing and at most a year`;
    throw new ConfigError("slipway.yaml", [{ pointer: "/projects", detail }]);
  }
  return {
    ...(repositories === undefined ? {} : { repositories }),
    ...(tags === undefined ? {} : { tags }),
    ...(keepLast === undefined ? {} : { keepLast }),
    ...(age === undefined ? {} : { keepNewer: age }),
  };
}

function upstreamOf(config: UpstreamConfig, secrets: Secrets, deps: ExchangeDeps): Upstream {
  const url = new URL(config.url);
  const { credentials, concurrency, hosts = [], tokenRealms, passCredentials } = config;
  const rate = rateOf(config);
  const base = {
    policy: {
      name: `upstream ${config.name}`,
      hosts: [url.host, ...hosts],
      elsewhere: "public",
      plainHttp: config.plainHttp,
      privateAddresses: config.privateAddresses,
    } satisfies EgressPolicy,
    freshness: freshnessOf(config),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate }),
    ...(credentials === undefined ? {} : { credentials: credentialsOf(credentials, url.host, secrets, deps) }),
  };
  if (config.kind === "classic") {
    const passed = passCredentials === undefined ? {} : { passCredentials };
    return { kind: "classic", url: config.url.replace(/\/+$/, ""), ...base, ...passed };
  }
  const path = url.pathname.replace(/^\/+|\/+$/g, "");
  return {
    kind: "oci",
    url: url.origin,
    ...(path === "" ? {} : { prefix: `${path}/` }),
    ...base,
    ...(tokenRealms === undefined ? {} : { tokenRealms }),
  };
}

function credentialsOf(
  { username, password, exchange }: NonNullable<UpstreamConfig["credentials"]>,
  registry: string,
  secrets: Secrets,
  deps: ExchangeDeps,
): () => Promise<UpstreamCredentials> {
  const secret = (): UpstreamCredentials => ({ username, password: secrets.reveal(password) });
  if (exchange === undefined) return async () => secret();
  return createExchange(deps, exchange.kind === "azure" ? { ...exchange, registry } : exchange, secret());
}

function freshnessOf({ name, freshness, staleIfError, negative, deadline }: UpstreamConfig): Freshness {
  const read = (what: string, text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : millisecondsOf(`upstream ${name}: ${what}`, "/upstreams", text);
  return {
    ttl: read("freshness", freshness, DEFAULT_FRESHNESS.ttl),
    staleIfError: read("staleIfError", staleIfError, DEFAULT_FRESHNESS.staleIfError),
    negativeTtl: read("negative", negative, DEFAULT_FRESHNESS.negativeTtl),
    deadline: Math.min(read("deadline", deadline, DEFAULT_FRESHNESS.deadline), LONGEST_DEADLINE_MS),
  };
}

/** Nobody waits longer for a server to say something. */
const LONGEST_DEADLINE_MS = 10 * 60_000;

function rateOf({ name, rate }: UpstreamConfig): Rate | undefined {
  if (rate === undefined) return undefined;
  return { requests: rate.requests, per: millisecondsOf(`upstream ${name}: rate per`, "/upstreams", rate.per) };
}
