// AssemblyScript: the policy of kit-go, to the byte.
import { fail } from "../../../infra/plugins/kit/host";
import { Findings, readPlan } from "../../../infra/plugins/kit/policy";

export function helm_plugin_main(): i32 {
  const plan = readPlan();
  if (plan.problem != "") return fail(plan.problem);
  if (plan.action == "uninstall") return fail("no uninstall");
  const findings = new Findings();
  for (let i = 0; i < plan.objects.length; i++) {
    const planned = plan.objects[i];
    if (planned.action == "delete") continue;
    const events = planned.hook.length == 0 ? "" : " by " + planned.hook.join(",");
    findings.deny(planned.object, "kind", "not " + plan.releaseName + events);
  }
  return findings.write();
}
