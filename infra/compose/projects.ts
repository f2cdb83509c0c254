import type { EgressPolicy } from "../../engine/oci/egress.ts";
import type { Config, ProjectConfig, RetentionConfig, UpstreamConfig } from "../../functions/config/config.ts";
import { ConfigError } from "../../functions/config/parse.ts";
import type { Secrets } from "../../functions/config/secret.ts";
import { parseDuration } from "../../functions/http/duration.ts";
import type { Project, RetentionRule } from "../../registry/projects/project.ts";
import { DEFAULT_FRESHNESS, type Upstream } from "../../registry/upstream/upstream.ts";

/** The registry's projects out of a checked configuration. */
export function projectsOf(config: Config, secrets: Secrets): readonly Project[] {
  const upstreams = new Map(config.upstreams.map((upstream) => [upstream.name, upstreamOf(upstream, secrets)]));
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
    return { kind: "proxy", name, upstream, ...(cap === undefined ? {} : { cap }) };
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

function upstreamOf(config: UpstreamConfig, secrets: Secrets): Upstream {
  const url = new URL(config.url);
  const policy: EgressPolicy = {
    name: `upstream ${config.name}`,
    hosts: [url.host],
    elsewhere: "public",
    plainHttp: config.plainHttp,
    privateAddresses: config.privateAddresses,
  };
  const ttl =
    config.freshness === undefined ? DEFAULT_FRESHNESS.ttl : (parseDuration(config.freshness) ?? DEFAULT_FRESHNESS.ttl);
  const { credentials } = config;
  const base = {
    policy,
    freshness: { ...DEFAULT_FRESHNESS, ttl },
    ...(credentials === undefined
      ? {}
      : {
          credentials: async () => ({ username: credentials.username, password: secrets.reveal(credentials.password) }),
        }),
  };
  if (config.kind === "classic") return { kind: "classic", url: config.url.replace(/\/+$/, ""), ...base };
  const path = url.pathname.replace(/^\/+|\/+$/g, "");
  return { kind: "oci", url: url.origin, ...(path === "" ? {} : { prefix: `${path}/` }), ...base };
}
