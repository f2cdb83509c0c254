import type { Random } from "../fuzz/random.ts";
import { BROKEN, chart, deployment, hook, map, mapHook, NEXT, UNKNOWN, VALUES, WEB } from "./charts.ts";
import { ok, patch, remove, type Scenario, type ScenarioStep } from "./scenario.ts";

/** The charts of random sequences. */
export const MIXED_CHARTS: Scenario["charts"] = {
  web: { ...WEB, "templates/h.yaml": mapHook("hook-all", "pre-install,post-upgrade,pre-rollback,post-delete") },
  next: NEXT,
  run: chart({ a: map("one", "{color: {{ .Values.color | quote }}}"), d: deployment() }, { "values.yaml": VALUES }),
  other: chart({ a: map(), d: deployment("other") }, { "values.yaml": VALUES }),
  broken: BROKEN,
  unknown: UNKNOWN,
  hookfail: chart({ a: map(), h: hook("hook-bad", "post-upgrade,post-rollback,pre-install", { fate: "fail" }) }),
};

const MIN_STEPS = 5;
const MORE_STEPS = 6;
const MAP = "/api/v1/namespaces/NS/configmaps/one";

/** Operations at random; the first one installs. How each ends is not foretold. */
export function mixedSteps(random: Random): readonly ScenarioStep[] {
  const length = MIN_STEPS + random.below(MORE_STEPS);
  const first = ok(`install web @${random.pick(["web", "run", "next"])}${side(random)}`);
  return [first, ...Array.from({ length }, () => nextStep(random))];
}

function nextStep(random: Random): ScenarioStep {
  const kind = random.below(20);
  if (kind < 9) return ok(`upgrade web @${anyChart(random)}${upgradeFlags(random)}`);
  if (kind < 13) return ok(`rollback web ${random.below(5)}${rollbackFlags(random)}`);
  if (kind < 15) return ok(`uninstall web${random.chance(0.6) ? " --keep-history" : ""}`);
  if (kind < 17) return ok(`install web @web${installFlags(random)}`);
  if (kind < 18) return ok(`upgrade web @next --install${flag(random, "--labels a=b")}`);
  // What is not there is not changed: both sides then have nothing.
  if (kind < 19) return patch(MAP, { data: { color: "grey", more: "x" } });
  return remove(MAP);
}

const anyChart = (random: Random): string =>
  random.pick(["web", "web", "next", "next", "run", "run", "other", "broken", "unknown", "hookfail"]);
const flag = (random: Random, words: string): string => (random.chance(0.3) ? ` ${words}` : "");
const seldom = (random: Random, words: string): string => (random.chance(0.1) ? ` ${words}` : "");
/** helm takes one of the two. */
const forced = (random: Random): string =>
  random.chance(0.3) ? " --force-conflicts" : seldom(random, "--force-replace --server-side=false");
const side = (random: Random): string => flag(random, `--server-side=${random.pick(["true", "false"])}`);

function installFlags(random: Random): string {
  return [
    random.chance(0.5) ? " --replace" : "",
    side(random),
    seldom(random, random.pick(["--take-ownership", "--force-conflicts", "--rollback-on-failure --timeout 20s"])),
  ].join("");
}

function upgradeFlags(random: Random): string {
  return [
    flag(random, random.pick(["--set color=blue", "--set color=green,n.m=1", "--set color=null", "--set n=null"])),
    flag(random, random.pick(["--reuse-values", "--reset-values", "--reset-then-reuse-values"])),
    forced(random),
    flag(random, random.pick(["--cleanup-on-fail", "--rollback-on-failure --timeout 20s"])),
    flag(random, `--history-max ${1 + random.below(4)}`),
    flag(random, `--labels l=${random.below(3)}`),
    flag(random, `--server-side=${random.pick(["auto", "true", "false"])}`),
    seldom(random, random.pick(["--take-ownership", "--no-hooks"])),
    seldom(random, random.pick(["--dry-run=server", "--dry-run=client"])),
  ].join("");
}

function rollbackFlags(random: Random): string {
  return [
    forced(random),
    flag(random, "--no-hooks"),
    seldom(random, random.pick(["--cleanup-on-fail", "--dry-run=server"])),
    flag(random, `--history-max ${1 + random.below(4)}`),
    flag(random, `--server-side=${random.pick(["auto", "true", "false"])}`),
  ].join("");
}
