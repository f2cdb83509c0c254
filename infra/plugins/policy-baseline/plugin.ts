import { Findings, readPlan, refusePlan } from "../kit/policy";
import { config } from "../kit/host";
import { Node } from "../kit/node";
import { configList } from "../kit/settings";
import { Pod } from "./pod";

export { slipway_answer, slipway_message } from "../kit/host";

/** Holds the pods of a plan, and what makes pods, against Kubernetes' Pod Security Standard `baseline`. */
export function helm_plugin_main(): i32 {
  const plan = readPlan();
  if (plan.problem != "") return refusePlan("policy-baseline", plan.problem);
  const exempt = configList("exemptNamespaces");
  if (exempt.problem != "") return refusePlan("policy-baseline", exempt.problem);
  const given = config("severity");
  const severity = given == null || given == "" ? "deny" : given;
  if (severity != "deny" && severity != "warn")
    return refusePlan("policy-baseline", 'config severity is "' + severity + '"; it must be deny or warn');
  const findings = new Findings();
  for (let i = 0; i < plan.objects.length; i++) {
    const planned = plan.objects[i];
    if (planned.action == "delete") continue;
    const namespace = planned.object.find("metadata.namespace");
    if (exempt.keys.includes(namespace == null ? plan.releaseNamespace : namespace.text())) continue;
    check(planned.object, severity, findings);
  }
  return findings.write();
}

/** Tells the type of a module that has no plugin.yaml beside it. */
export function policy_v1(): i32 {
  return helm_plugin_main();
}

function check(object: Node, severity: string, findings: Findings): void {
  const path = podPath(object.textAt("kind"));
  if (path == "none") return;
  const pod: Node | null = path == "" ? object : object.find(path);
  if (pod != null) new Pod(object, pod, path == "" ? "" : path + ".", severity, findings).check();
}

/** Where an object of Kubernetes has its pod: `none` where it has none. */
function podPath(kind: string): string {
  if (kind == "Pod") return "";
  if (kind == "PodTemplate") return "template";
  if (kind == "CronJob") return "spec.jobTemplate.spec.template";
  const makes = ",Deployment,ReplicaSet,StatefulSet,DaemonSet,Job,ReplicationController,";
  return makes.includes("," + kind + ",") ? "spec.template" : "none";
}
