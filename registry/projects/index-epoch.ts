import { parseRepositoryName } from "../../engine/oci/repository-name.ts";
import type { Epoch } from "../upstream/given.ts";
import { listChartNames, membersOf } from "./chart-names.ts";
import { composeEpochs, inTurns } from "./epochs.ts";
import { unknownName } from "./absence.ts";
import type { Project, ProxyProject } from "./project.ts";
import type { Projects } from "./projects.ts";

/** Charts of a group that are looked at; an index has no more. */
const MAX_CHARTS = 50_000;

/**
 * Changes whenever the index of a project may be another one: with its charts, and with what the configuration shows of them, since a
 * written index outlives the process. Undefined when that cannot be told.
 */
export async function indexEpoch(projects: Projects, name: string): Promise<Epoch | undefined> {
  const { groups, leaves } = membersOf(projects, name);
  const [only] = leaves;
  if (only === undefined) return undefined;
  if (groups.length === 0 && only.kind === "hosted") return await projects.sourceOf(only).epoch(name);
  const rules: Epoch = { key: JSON.stringify([...groups, ...leaves.map(policyOf)]) };
  if (groups.length > 0 && leaves.some(isRegistry)) {
    return composeEpochs([rules, ...(await chartEpochs(projects, name))]);
  }
  return composeEpochs([
    rules,
    ...(await inTurns(leaves, async (leaf) => await projects.sourceOf(leaf).epoch(leaf.name))),
  ]);
}

function policyOf(project: Project): object {
  return project.kind === "proxy" ? { name: project.name, policy: project.policy } : { name: project.name };
}

/** Another registry lists no names: whether it has one that another member shows is asked for each. */
function isRegistry(project: Project): project is ProxyProject {
  return project.kind === "proxy" && project.upstream.kind === "oci";
}

async function chartEpochs(projects: Projects, group: string): Promise<readonly (Epoch | undefined)[]> {
  const { names } = await listChartNames(projects, group, { limit: MAX_CHARTS }, undefined);
  return await inTurns(names, async (chart) => {
    const repository = parseRepositoryName(`${group}/${chart}`);
    if (repository === undefined) return undefined;
    const at = await projects.locate(repository).catch(unknownName);
    const epoch = await at?.source.versionsEpoch?.(at.repository);
    return at && epoch && { ...epoch, key: `${chart} ${at.repository} ${epoch.key}` };
  });
}
