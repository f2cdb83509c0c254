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

/** Adds the labels and annotations of the configuration to every object; what is there under the same key is replaced. */
export function helm_plugin_main(): i32 {
  const message = readPostRender();
  if (message.problem != "") return refuse("labels", message.problem);
  const labels = configTable("labels");
  const annotations = configTable("annotations");
  const kinds = configList("kinds");
  const wrong = settingsProblem(labels, annotations, kinds);
  if (wrong != "") return refuse("labels", wrong);
  const templates = configFlag("templates");
  const documents = message.documents(templates ? WITH_TEMPLATES : HEAD);
  if (documents.problem != "") return refuse("labels", "the manifests cannot be read: " + documents.problem);
  const edits = new Edits();
  for (let i = 0; i < documents.roots.length; i++) {
    const objects = objectsOf(documents.roots[i]);
    for (let n = 0; n < objects.length; n++) {
      const object = objects[n];
      if (kinds.keys.length > 0 && !kinds.keys.includes(object.textAt("kind"))) continue;
      label(edits, object, labels, annotations);
      if (templates) labelTemplates(edits, object, labels, annotations);
      if (edits.problem != "") {
        const place = nameOf(object) + " (line " + object.line().toString() + ")";
        return refuse("labels", place + ": " + edits.problem);
      }
    }
  }
  return writeEdited(message.manifests, edits);
}

function settingsProblem(labels: Table, annotations: Table, kinds: Table): string {
  if (labels.problem != "") return labels.problem;
  if (annotations.problem != "") return annotations.problem;
  if (kinds.problem != "") return kinds.problem;
  for (let i = 0; i < labels.keys.length; i++) {
    const problem = labelProblem(labels.keys[i], labels.values[i]);
    if (problem != "") return "config labels: " + problem;
  }
  for (let i = 0; i < annotations.keys.length; i++) {
    const problem = labelProblem(annotations.keys[i], "");
    if (problem != "") return "config annotations: " + problem;
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
