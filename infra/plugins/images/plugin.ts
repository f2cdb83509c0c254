import { Edits } from "../kit/edit";
import { Kind, Node } from "../kit/node";
import { nameOf, objectsOf } from "../kit/object";
import { readPostRender, refuse, writeEdited } from "../kit/post-render";
import { configList, Table } from "../kit/settings";
import { quote } from "../kit/text";
import { Rewrite } from "./rewrite";

export { slipway_answer, slipway_message } from "../kit/host";

/** Rewrites references to images: those of containers and image volumes wherever they stand, and of fields of the configuration. */
export function helm_plugin_main(): i32 {
  const message = readPostRender();
  if (message.problem != "") return refuse("images", message.problem);
  const fields = configList("fields");
  if (fields.problem != "") return refuse("images", fields.problem);
  const rewrite = new Rewrite();
  if (rewrite.problem != "") return refuse("images", rewrite.problem);
  const stream = message.stream();
  const edits = new Edits();
  const objects: Node[] = [];
  let problem = "";
  for (let root = stream.next(); root != null; root = stream.next(root)) {
    // Of documents that cannot be read is told before edits that cannot be made.
    if (problem == "") problem = rewriteAll(edits, objectsOf(root, objects), rewrite, fields);
  }
  if (stream.problem != "") return refuse("images", "the manifests cannot be read: " + stream.problem);
  return problem == "" ? writeEdited(message.manifests, edits) : refuse("images", problem);
}

/** Why an object cannot be rewritten; empty when all were. */
function rewriteAll(edits: Edits, objects: Node[], rewrite: Rewrite, fields: Table): string {
  for (let n = 0; n < objects.length; n++) {
    const object = objects[n];
    walk(edits, object, rewrite);
    addFields(edits, object, rewrite, fields);
    const problem = rewrite.problem != "" ? rewrite.problem : edits.problem;
    if (problem != "") return nameOf(object) + " (line " + object.line().toString() + "): " + problem;
  }
  return "";
}

function walk(edits: Edits, node: Node, rewrite: Rewrite): void {
  for (let i = 0; i < node.values.length; i++) {
    const value = node.values[i];
    if (value.values.length == 0) continue;
    if (node.kind == Kind.Map && value.kind == Kind.List) {
      const key = node.keys[i];
      if (key.is("containers") || key.is("initContainers") || key.is("ephemeralContainers"))
        addEach(edits, value, "image", rewrite);
      else if (key.is("volumes")) addEach(edits, value, "image.reference", rewrite);
    }
    walk(edits, value, rewrite);
  }
}

function addEach(edits: Edits, list: Node, path: string, rewrite: Rewrite): void {
  for (let i = 0; i < list.values.length; i++) add(edits, list.values[i].find(path), rewrite);
}

/** Fields of the configuration: `Kind:path`, or `path` for every kind. */
function addFields(edits: Edits, object: Node, rewrite: Rewrite, fields: Table): void {
  const kind = object.textAt("kind") + ":";
  for (let i = 0; i < fields.keys.length; i++) {
    const field = fields.keys[i];
    if (!field.includes(":")) add(edits, object.find(field), rewrite);
    else if (field.startsWith(kind)) add(edits, object.find(field.substring(kind.length)), rewrite);
  }
}

function add(edits: Edits, image: Node | null, rewrite: Rewrite): void {
  if (image == null || image.isNull()) return;
  if (!edits.admits(image, "an image")) return;
  if (image.kind != Kind.Scalar) return;
  const old = image.text();
  const fresh = rewrite.image(old);
  if (fresh != old) edits.replace(image, quote(fresh));
}
