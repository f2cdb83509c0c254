import { Kind, Node } from "./node";

/** The Kubernetes objects of a document: itself, or the items of a `List`; none when it is no object. `found`: what is filled anew. */
export function objectsOf(root: Node, found: Node[] = []): Node[] {
  found.length = 0;
  addObjects(root, found, 0);
  return found;
}

/** Lists in lists, down to here. */
const MAX_LISTS: i32 = 8;

function addObjects(node: Node, found: Node[], depth: i32): void {
  const kind = node.get("kind");
  if (kind == null || kind.kind != Kind.Scalar || kind.is("")) return;
  const items = node.get("items");
  if (depth < MAX_LISTS && items != null && items.kind == Kind.List && kind.text().endsWith("List"))
    for (let i = 0; i < items.values.length; i++) addObjects(items.values[i], found, depth + 1);
  else found.push(node);
}

/** `Kind/name`, for messages. */
export function nameOf(object: Node): string {
  const metadata = object.get("metadata");
  const name = metadata == null ? "" : metadata.textAt("name");
  return object.textAt("kind") + (name == "" ? "" : "/" + name);
}
