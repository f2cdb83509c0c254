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
    ...duplicates("receivers", config.receivers),
    ...projectFaults(config),
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
