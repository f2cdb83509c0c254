import { fail, input, output } from "./host";
import { JsonObject, jsonList } from "./json";
import { Kind, Node } from "./node";
import { parseOne } from "./yaml";

/** An object of a plan and what would happen to it. */
export class PlannedObject {
  /** `create`, `update`, `keep` or `delete`. */
  action: string;
  object: Node;
  /** Events of a hook, as `post-install`; empty for what is none. */
  hook: string[] = [];

  constructor(action: string, object: Node) {
    this.action = action;
    this.object = object;
  }
}

/** What a `policy/v1` plugin gets. */
export class Plan {
  /** `install`, `upgrade`, `rollback`, `uninstall` or `test`. */
  action: string = "";
  releaseName: string = "";
  releaseNamespace: string = "";
  objects: PlannedObject[] = [];
  /** Why the message cannot be read; empty when it can. */
  problem: string = "";
}

/** Reads the message. */
export function readPlan(): Plan {
  const plan = new Plan();
  const read = parseOne(input());
  const root = read.problem == "" ? read.roots[0].get("plan") : null;
  if (root == null) plan.problem = "the message of a policy has no plan";
  else fill(plan, root);
  return plan;
}

function fill(plan: Plan, root: Node): void {
  plan.action = root.textAt("action");
  const release = root.get("release");
  if (release != null) {
    plan.releaseName = release.textAt("name");
    plan.releaseNamespace = release.textAt("namespace");
  }
  const objects = root.get("objects");
  if (objects == null || objects.kind != Kind.List) {
    plan.problem = "the plan has no list of objects";
    return;
  }
  for (let i = 0; i < objects.values.length; i++) {
    const object = objects.values[i].get("object");
    if (object == null || object.kind != Kind.Map) plan.problem = "an object of the plan is no map";
    else plan.objects.push(planned(objects.values[i], object));
  }
}

function planned(item: Node, object: Node): PlannedObject {
  const one = new PlannedObject(item.textAt("action"), object);
  const hook = item.get("hook");
  if (hook != null) for (let i = 0; i < hook.values.length; i++) one.hook.push(hook.values[i].text());
  return one;
}

/** Collects what a policy finds. */
export class Findings {
  private results: string[] = [];

  /** Refuses the plan. `field` is as `spec.containers[0].image`; empty for the whole object. */
  deny(object: Node, field: string, message: string): void {
    this.add("deny", object, field, message);
  }

  /** Only tells. */
  warn(object: Node, field: string, message: string): void {
    this.add("warn", object, field, message);
  }

  add(severity: string, object: Node, field: string, message: string): void {
    const metadata = object.get("metadata");
    const ref = new JsonObject()
      .text("apiVersion", object.textAt("apiVersion"))
      .text("kind", object.textAt("kind"))
      .text("namespace", metadata == null ? "" : metadata.textAt("namespace"))
      .text("name", metadata == null ? "" : metadata.textAt("name"));
    const result = new JsonObject().text("severity", severity).json("object", ref.toString());
    this.results.push(result.text("field", field).text("message", message).toString());
  }

  /** Answers: `return findings.write()`. */
  write(): i32 {
    return output(new JsonObject().json("results", jsonList(this.results)).toString());
  }
}

/** Refuses to judge, in the name of a plugin: the plan is not admitted. */
export function refusePlan(plugin: string, problem: string): i32 {
  return fail(plugin + ": " + problem);
}
