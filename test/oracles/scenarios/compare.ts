import type { OpenCluster } from "../../../infra/node/cluster-transport.ts";
import { readCommandLine } from "./command-line.ts";
import { type Ending, openSide, type OursPlayer } from "./play.ts";
import { type OutcomeClass, type Scenario, wordsOf } from "./scenario.ts";
import { type Difference, differencesOf, type SideState } from "./state.ts";

/** What of a step differs. */
export type Aspect = "error" | "logs" | "objects" | "records" | "order" | "class";

/** A difference, and where it was met. */
export interface Met extends Difference {
  readonly scenario: string;
  readonly step: string;
  readonly aspect: Aspect;
}

/** A cell of the matrix. */
export interface Cell {
  readonly action: string;
  readonly flag: string;
  readonly outcome: OutcomeClass;
}

/** A scenario, played. */
export interface Played {
  readonly scenario: Scenario;
  readonly namespaces: readonly [theirs: string, ours: string];
  readonly met: readonly Met[];
  readonly cells: readonly Cell[];
}

/** The name by which a scenario is told and listed. */
export function nameOf(scenario: Scenario): string {
  return `${scenario.theme}: ${scenario.title}`;
}

/** A difference in lines. */
export function toldOf({ step, aspect, path, wanted, seen }: Met): string {
  return `  ${step}\n    ${aspect}${path}\n      wanted ${wanted}\n      seen   ${seen}`;
}

/** Plays a scenario on both sides, step by step; `player` plays ours. Throws when an intervention fails. */
export async function playScenario(cluster: OpenCluster, scenario: Scenario, player?: OursPlayer): Promise<Played> {
  const [theirs, ours] = [await openSide(cluster, scenario), await openSide(cluster, scenario, player)];
  const met: Met[] = [];
  const cells: Cell[] = [];
  let before = await theirs.look();
  for (const step of scenario.steps) {
    if (step.kind !== "helm") {
      await Promise.all([theirs.play(step, "helm"), ours.play(step, "slipway")]);
      before = await theirs.look();
      continue;
    }
    const words = wordsOf(step.words);
    const [wanted, seen] = await Promise.all([theirs.end(step, "helm"), ours.end(step, "slipway")]);
    const where = { scenario: nameOf(scenario), step: words.join(" ") };
    for (const one of comparedEndings(wanted, seen)) met.push({ ...where, ...one });
    const outcome = classOf(before, wanted);
    if (outcome !== step.ends)
      met.push({ ...where, aspect: "class", path: "", wanted: `${step.ends}: ${wanted.error}`, seen: outcome });
    for (const flag of readCommandLine(words, "").flags) cells.push({ action: words[0] ?? "", flag, outcome });
    before = wanted.state;
  }
  return { scenario, namespaces: [theirs.namespace, ours.namespace], met, cells };
}

function comparedEndings(wanted: Ending, seen: Ending): readonly (Difference & { readonly aspect: Aspect })[] {
  const aspects = {
    error: [wanted.error, seen.error],
    logs: [wanted.logs, seen.logs],
    objects: [wanted.state.objects, seen.state.objects],
    records: [wanted.state.records, seen.state.records],
  } as const;
  return Object.entries(aspects).flatMap(([aspect, [a, b]]) =>
    differencesOf(a, b).map((one) => ({ ...one, aspect: aspect as Aspect })),
  );
}

/** What helm undid has failed, though nothing tells of it. */
const UNDONE = "due to rollback-on-failure being set";

function classOf(before: SideState, ending: Ending): OutcomeClass {
  if (ending.error === "") return "success";
  const same = JSON.stringify(before.records) === JSON.stringify(ending.state.records);
  return same && !ending.error.includes(UNDONE) ? "refused" : "failed";
}
