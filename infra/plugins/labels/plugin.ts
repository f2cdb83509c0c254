import { Edits, flowOf } from "../kit/edit";
import { Kind, Node } from "../kit/node";
import { nameOf, objectsOf } from "../kit/object";
import { readPostRender, refuse, writeEdited } from "../kit/post-render";
import { configFlag, configList, configTable, Table } from "../kit/settings";
import { labelProblem } from "./label";

export { slipway_answer, slipway_message } from "../kit/host";

/** What of an object is looked at. */
const HEAD: string[] = ["kind", "metadata", "items"];
const WITH_TEMPLATES: string[] = ["kind", "metadata", "items", "spec"];

/** What the configuration asks for. */
class Settings {
  labels: Table = configTable("labels");
  annotations: Table = configTable("annotations");
  kinds: Table = configList("kinds");
  templates: bool = configFlag("templates");

  /** Why it cannot be done; empty when it can. */
  problem(): string {
    if (this.labels.problem != "") return this.labels.problem;
    if (this.annotations.problem != "") return this.annotations.problem;
    if (this.kinds.problem != "") return this.kinds.problem;
    for (let i = 0; i < this.labels.keys.length; i++) {
      const problem = labelProblem(this.labels.keys[i], this.labels.values[i]);
      if (problem != "") return "config labels: " + problem;
    }
    for (let i = 0; i < this.annotations.keys.length; i++) {
      const problem = labelProblem(this.annotations.keys[i], "");
      if (problem != "") return "config annotations: " + problem;
    }
    return "";
  }
}

/** Adds the labels and annotations of the configuration to every object; what is there under the same key is replaced. */
export function helm_plugin_main(): i32 {
  const message = readPostRender();
  if (message.problem != "") return refuse("labels", message.problem);
  const settings = new Settings();
  const wrong = settings.problem();
  if (wrong != "") return refuse("labels", wrong);
  const stream = message.stream(settings.templates ? WITH_TEMPLATES : HEAD);
  const edits = new Edits();
  const objects: Node[] = [];
  let problem = "";
  for (let root = stream.next(); root != null; root = stream.next(root)) {
    // Of documents that cannot be read is told before edits that cannot be made.
    if (problem == "") problem = labelAll(edits, objectsOf(root, objects), settings);
  }
  if (stream.problem != "") return refuse("labels", "the manifests cannot be read: " + stream.problem);
  return problem == "" ? writeEdited(message.manifests, edits) : refuse("labels", problem);
}

/** Why an object cannot be labelled; empty when all were. */
function labelAll(edits: Edits, objects: Node[], settings: Settings): string {
  for (let n = 0; n < objects.length; n++) {
    const object = objects[n];
    if (settings.kinds.keys.length > 0 && !settings.kinds.keys.includes(object.textAt("kind"))) continue;
    label(edits, object, settings.labels, settings.annotations);
    if (settings.templates) labelTemplates(edits, object, settings.labels, settings.annotations);
    if (edits.problem != "") return nameOf(object) + " (line " + object.line().toString() + "): " + edits.problem;
  }
  return "";
}

/** The pod templates of what makes pods; selectors stay as they are. */
function labelTemplates(edits: Edits, object: Node, labels: Table, annotations: Table): void {
  const cron = object.textAt("kind") == "CronJob";
  const template = object.find(cron ? "spec.jobTemplate.spec.template" : "spec.template");
  if (template == null || template.find("spec.containers") == null) return;
  label(edits, template, labels, annotations);
}

function label(edits: Edits, object: Node, labels: Table, annotations: Table): void {
  if (labels.keys.length == 0 && annotations.keys.length == 0) return;
  const metadata = object.get("metadata");
  if (metadata == null || metadata.isNull()) {
    const both: string[] = [];
    if (labels.keys.length > 0) both.push("labels: " + flowOf(labels));
    if (annotations.keys.length > 0) both.push("annotations: " + flowOf(annotations));
    const text = "{" + both.join(", ") + "}";
    if (metadata != null) edits.replace(metadata, text);
    else if (edits.admits(object, "the object")) edits.insert(object, "metadata: " + text);
    return;
  }
  if (!edits.admits(metadata, "metadata")) return;
  if (metadata.kind != Kind.Map) {
    edits.problem = "metadata is no map";
    return;
  }
  addAll(edits, metadata, "labels", labels);
  addAll(edits, metadata, "annotations", annotations);
}

function addAll(edits: Edits, metadata: Node, field: string, table: Table): void {
  if (table.keys.length == 0) return;
  const map = metadata.get(field);
  if (map == null) {
    if (metadata.get("<<") != null) edits.problem = "metadata is merged from an alias; write it out";
    else edits.insertMap(metadata, field, table);
  } else if (map.isNull()) edits.replace(map, flowOf(table));
  else if (!edits.admits(map, "metadata." + field)) return;
  else if (map.kind != Kind.Map) edits.problem = "metadata." + field + " is no map";
  else for (let i = 0; i < table.keys.length; i++) edits.set(map, table.keys[i], table.values[i]);
}
