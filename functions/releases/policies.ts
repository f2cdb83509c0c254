import type { Judgement, JudgePlan } from "../../engine/action/judge.ts";
import { policyInput, readPolicyOutput } from "../../engine/plugin/index.ts";
import { matchesPattern } from "../access/grant.ts";
import type { PolicyConfig } from "../config/config.ts";
import type { ReleaseAddress } from "../operations/operation-id.ts";
import { createPluginAdmission, type PluginDeps } from "./plugin-admission.ts";

/** The policies that judge changes of a release; undefined where there are none. */
export type PoliciesFor = (address: ReleaseAddress) => JudgePlan | undefined;

/** Policies out of the registry, as the configuration names them now: a plan that is applied is judged again. */
export function createPolicies(deps: PluginDeps, configured: readonly PolicyConfig[]): PoliciesFor {
  const { call } = createPluginAdmission(deps, "policy/v1");
  return (address) => {
    const mine = configured.filter((policy) => isFor(policy, address));
    if (mine.length === 0) return undefined;
    return async (plan, signal, hear) => {
      const input = policyInput(plan);
      const judgements: Judgement[] = [];
      for (const wanted of mine) {
        const { plugin, output } = await call(wanted, input, signal, hear);
        judgements.push({ policy: plugin.name, findings: readPolicyOutput(plugin, output) });
      }
      return judgements;
    };
  };
}

function isFor({ clusters, releases }: PolicyConfig, { cluster, namespace, name }: ReleaseAddress): boolean {
  return isOneOf(clusters, cluster) && isOneOf(releases, `${namespace}/${name}`);
}

function isOneOf(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesPattern(pattern, text));
}
