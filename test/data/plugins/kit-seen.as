// AssemblyScript: annotates every object with what the call was given, and logs it. Told to `tell`, it logs its whole input; to `fail`, it
// refuses with it.
import { Edits } from "../../../infra/plugins/kit/edit";
import { logInfo } from "../../../infra/plugins/kit/host";
import { objectsOf } from "../../../infra/plugins/kit/object";
import { readPostRender, refuse, writeEdited } from "../../../infra/plugins/kit/post-render";
import { Table } from "../../../infra/plugins/kit/settings";

export { slipway_answer, slipway_message } from "../../../infra/plugins/kit/host";

export function helm_plugin_main(): i32 {
  const message = readPostRender();
  if (message.problem != "") return refuse("seen", message.problem);
  const roots = message.documents().roots;
  const kinds: string[] = [];
  for (let i = 0; i < roots.length; i++) kinds.push(roots[i].textAt("kind"));
  const seen = roots.length.toString() + ": " + kinds.join(" ");
  logInfo("seen " + seen);
  if (message.args.includes("tell")) logInfo(message.manifests);
  if (message.args.includes("fail")) return refuse("seen", message.manifests);
  const table = new Table();
  table.keys.push("seen");
  table.values.push(seen);
  const edits = new Edits();
  for (let i = 0; i < roots.length; i++) {
    const objects = objectsOf(roots[i]);
    for (let n = 0; n < objects.length; n++) {
      const metadata = objects[n].get("metadata");
      if (metadata == null) return refuse("seen", "an object without metadata");
      const annotations = metadata.get("annotations");
      if (annotations == null) edits.insertMap(metadata, "annotations", table);
      else edits.set(annotations, "seen", seen);
    }
  }
  return writeEdited(message.manifests, edits);
}
