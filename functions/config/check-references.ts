import { repeatedGrants } from "../../engine/plugin/index.ts";
import { parseConstraint, SemverError } from "../../engine/semver/index.ts";
import type { FieldFault } from "../http/problem.ts";
import type { Config, Deployment } from "./config.ts";

/** Names that stand twice, and names that nothing has: what a schema cannot see. */
export function checkReferences(config: Config): readonly FieldFault[] {
  return [
    ...duplicates("clusters", config.clusters),
    ...duplicates("upstreams", config.upstreams),
    ...duplicates("projects", config.projects),
    ...duplicates("tokens", config.tokens),
    ...duplicates("oidc", config.oidc),
    ...duplicates("receivers", config.receivers),
    ...repeatedGrants(config.plugins).map(({ index, problem }) => ({ pointer: `/plugins/${index}`, detail: problem })),
    ...projectFaults(config),
    ...upstreamFaults(config),
    ...getterFaults(config),
    ...config.receivers.flatMap((receiver, i) => deployFaults(config, receiver.deploy, `/receivers/${i}/deploy`)),
    ...deployFaults(config, config.chat.slack?.deploy ?? [], "/chat/slack/deploy"),
  ];
}

function duplicates(list: string, entries: readonly { readonly name: string }[]): readonly FieldFault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ pointer: `/${list}/${index}/name`, detail: `${name} stands twice` }];
  });
}

/** An upstream of another scheme than http is read by a getter; only a chart repository can be. */
function upstreamFaults({ upstreams, getters }: Config): readonly FieldFault[] {
  const served = new Set(getters.flatMap((getter) => getter.protocols));
  return upstreams.flatMap(({ url, kind }, index): readonly FieldFault[] => {
    const scheme = url.slice(0, url.indexOf(":"));
    if (scheme === "http" || scheme === "https") return [];
    if (kind === "classic" && served.has(scheme)) return [];
    const detail =
      kind === "classic" ? `no getter serves ${scheme}: name one in getters` : "must be an http or https URL";
    return [{ pointer: `/upstreams/${index}/url`, detail }];
  });
}

/** A getter that is fetched by a getter would wait for itself. */
function getterFaults(config: Config): readonly FieldFault[] {
  const byGetter = new Set(config.upstreams.filter(({ url }) => !/^https?:/.test(url)).map(({ name }) => name));
  const closed = new Set(
    config.projects.flatMap((one) =>
      one.kind === "group" || (one.kind === "proxy" && byGetter.has(one.upstream)) ? [one.name] : [],
    ),
  );
  return config.getters.flatMap(({ plugin }, index): readonly FieldFault[] => {
    const project = plugin.replace(/^oci:\/\/[^/]*\//, "").split("/")[0] ?? "";
    if (!closed.has(project)) return [];
    const detail = `${project} is a group, or read by a getter: name a project that is hosted, or read over http`;
    return [{ pointer: `/getters/${index}/plugin`, detail }];
  });
}

function projectFaults(config: Config): readonly FieldFault[] {
  const upstreams = new Set(config.upstreams.map((upstream) => upstream.name));
  const projects = new Map(config.projects.map((project) => [project.name, project.kind]));
  return config.projects.flatMap((project, index): readonly FieldFault[] => {
    const at = `/projects/${index}`;
    if (project.kind === "proxy" && !upstreams.has(project.upstream)) {
      return [{ pointer: `${at}/upstream`, detail: `there is no upstream ${project.upstream}` }];
    }
    if (project.kind === "proxy") {
      return (["allow", "prefetch"] as const).flatMap((list) =>
        (project[list] ?? []).flatMap(({ versions }, i) => constraintFaults(versions, `${at}/${list}/${i}/versions`)),
      );
    }
    if (project.kind !== "group") return [];
    return project.members.flatMap((member, i) => {
      const kind = projects.get(member.project);
      if (kind !== undefined && kind !== "group") return [];
      const detail = kind === undefined ? `there is no project ${member.project}` : "a group cannot hold a group";
      return [{ pointer: `${at}/members/${i}/project`, detail }];
    });
  });
}

function deployFaults(config: Config, deployments: readonly Deployment[], at: string): readonly FieldFault[] {
  const clusters = new Set(config.clusters.map((cluster) => cluster.name));
  const projects = new Set(config.projects.map((project) => project.name));
  return deployments.flatMap((deployment, index): readonly FieldFault[] => {
    const project = deployment.chart.split("/")[0] ?? "";
    return [
      ...(clusters.has(deployment.cluster)
        ? []
        : [{ pointer: `${at}/${index}/cluster`, detail: `there is no cluster ${deployment.cluster}` }]),
      ...(projects.has(project) ? [] : [{ pointer: `${at}/${index}/chart`, detail: `there is no project ${project}` }]),
      ...constraintFaults(deployment.version, `${at}/${index}/version`),
    ];
  });
}

function constraintFaults(constraint: string | undefined, pointer: string): readonly FieldFault[] {
  if (constraint === undefined) return [];
  try {
    parseConstraint(constraint);
    return [];
  } catch (thrown) {
    if (thrown instanceof SemverError) return [{ pointer, detail: "is no version constraint" }];
    throw thrown;
  }
}
