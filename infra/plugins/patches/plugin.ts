import { Edits } from "../kit/edit";
import { emit, hasFixed } from "../kit/emit";
import { Node } from "../kit/node";
import { nameOf, objectsOf } from "../kit/object";
import { readPostRender, refuse, writeEdited } from "../kit/post-render";
import { Style } from "../kit/scalar";
import { Patch, Patches, readPatches } from "./patch";

export { slipway_answer, slipway_message } from "../kit/host";

/** Applies strategic-merge and JSON-6902 patches, as kustomize does it, to the objects that they name. */
export function helm_plugin_main(): i32 {
  const message = readPostRender();
  if (message.problem != "") return refuse("patches", message.problem);
  const patches = readPatches();
  if (patches.problem != "") return refuse("patches", patches.problem);
  const documents = message.documents();
  if (documents.problem != "") return refuse("patches", "the manifests cannot be read: " + documents.problem);
  const edits = new Edits();
  for (let i = 0; i < documents.roots.length; i++) {
    const objects = objectsOf(documents.roots[i]);
    for (let n = 0; n < objects.length; n++) {
      const problem = patchObject(edits, objects[n], patches, objects[n] == documents.roots[i], message.manifests);
      if (problem != "") return refuse("patches", problem);
    }
  }
  for (let i = 0; i < patches.all.length; i++)
    if (patches.all[i].matched == 0 && !patches.all[i].optional)
      return refuse("patches", patches.all[i].name + " matches no object; mend its target, or say optional: true");
  return writeEdited(message.manifests, edits);
}

/** Applies every patch that names the object; answers with what is wrong. */
function patchObject(edits: Edits, object: Node, patches: Patches, whole: bool, source: string): string {
  const place = nameOf(object) + " (line " + object.line().toString() + ")";
  const old = object.shallow();
  let changed = false;
  for (let i = 0; i < patches.all.length; i++) {
    const patch: Patch = patches.all[i];
    if (!patch.matches(object)) continue;
    patch.matched += 1;
    if (hasFixed(object)) return place + ": it has an anchor, an alias or a tag; write it out";
    changed = true;
    const problem = patch.apply(object);
    if (problem != "") return place + ": " + patch.name + ": " + problem;
  }
  if (!changed) return "";
  if (object.values.length == 0 && !whole) return place + ": an item of a list cannot be deleted";
  const text = object.values.length == 0 ? "" : emit(object);
  if (old.style == Style.Flow) edits.replaceRange(old.start, old.end, text);
  else edits.replaceRange(old.start, blockEnd(source, old.end, old.column), text + "\n");
  return "";
}

/**
 * Behind the line on which a block ends, and behind blanks and comments that are indented further than `column`: a block of text may be its last
 * value now, which they would be part of.
 */
function blockEnd(source: string, end: i32, column: i32): i32 {
  let line = end > 0 && source.charCodeAt(end - 1) == 0x0a ? end : nextLine(source, end);
  while (line < source.length) {
    let at = line;
    while (at < source.length && (source.charCodeAt(at) == 0x20 || source.charCodeAt(at) == 0x09)) at += 1;
    if (at - line <= column) return line;
    const code = at < source.length ? source.charCodeAt(at) : 0x0a;
    if (code != 0x23 && code != 0x0a && code != 0x0d) return line;
    line = nextLine(source, at);
  }
  return line;
}

function nextLine(source: string, from: i32): i32 {
  const found = source.indexOf("\n", from);
  return found < 0 ? source.length : found + 1;
}
