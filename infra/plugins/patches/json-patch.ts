import { Kind, Node } from "../kit/node";
import { Style } from "../kit/scalar";

/** Applies the operations of a JSON patch (RFC 6902); answers with what is wrong. */
export function applyOperations(object: Node, patch: Node): string {
  for (let i = 0; i < patch.values.length; i++) {
    const operation = patch.values[i];
    const path = operation.textAt("path");
    const problem = applyOperation(object, operation, operation.textAt("op"), path);
    if (problem != "") return "operation " + (i + 1).toString() + " (" + path + "): " + problem;
  }
  return "";
}

function applyOperation(object: Node, operation: Node, op: string, path: string): string {
  const value = operation.get("value");
  if (op == "add" || op == "replace" || op == "test") {
    if (value == null) return "it has no value";
    if (op == "add") return add(object, path, value.copy());
    const found = at(object, path);
    if (found == null) return "there is nothing there";
    if (op == "test") return same(found, value) ? "" : "the value there is another one";
    return path == "" ? "the whole object cannot be replaced" : put(object, path, value.copy());
  }
  if (op == "remove") return remove(object, path);
  if (op != "move" && op != "copy") return 'the operation "' + op + '" does not exist';
  const from = operation.textAt("from");
  const source = at(object, from);
  if (source == null) return "there is nothing at " + from;
  const moved = source.copy();
  if (op == "move") {
    if (path.startsWith(from + "/")) return "a value cannot be moved into itself";
    const problem = remove(object, from);
    if (problem != "") return problem;
  }
  return add(object, path, moved);
}

/** The parts of a pointer; the first is empty. */
function parts(path: string): string[] {
  const found = path.split("/");
  for (let i = 0; i < found.length; i++) found[i] = found[i].replaceAll("~1", "/").replaceAll("~0", "~");
  return found;
}

function at(object: Node, path: string): Node | null {
  if (path == "") return object;
  const keys = parts(path);
  if (keys[0] != "") return null;
  let node: Node = object;
  for (let i = 1; i < keys.length; i++) {
    const found = indexIn(node, keys[i]);
    if (found < 0) return null;
    node = node.values[found];
  }
  return node;
}

/** The place of a key or an index among a node's values; -1 when it has none. */
function indexIn(node: Node, key: string): i32 {
  if (node.kind == Kind.Map) return node.indexOf(key);
  if (node.kind != Kind.List) return -1;
  const index = indexOf(key);
  return index < node.values.length ? index : -1;
}

/** A list's index: digits without a leading zero; -1 for anything else. */
function indexOf(key: string): i32 {
  if (key.length == 0 || key.length > 7 || (key.length > 1 && key.charCodeAt(0) == 0x30)) return -1;
  let index = 0;
  for (let i = 0; i < key.length; i++) {
    const digit = key.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    index = index * 10 + digit;
  }
  return index;
}

/** What a path's last part stands in; null when nothing does. */
function parentOf(object: Node, path: string): Node | null {
  if (path == "") return null;
  return at(object, path.substring(0, max(path.lastIndexOf("/"), 0)));
}

function lastOf(path: string): string {
  const keys = parts(path);
  return keys[keys.length - 1];
}

function add(object: Node, path: string, value: Node): string {
  const parent = parentOf(object, path);
  if (parent == null) return "there is nothing to add to";
  const key = lastOf(path);
  if (parent.kind == Kind.Map) {
    parent.put(Node.ofText(key), value);
    return "";
  }
  if (parent.kind != Kind.List) return "it is neither in a map nor in a list";
  const index = key == "-" ? parent.values.length : indexOf(key);
  if (index < 0 || index > parent.values.length) return "the list has no such place";
  parent.insertAt(index, value);
  return "";
}

function put(object: Node, path: string, value: Node): string {
  const parent = parentOf(object, path);
  if (parent != null) parent.values[indexIn(parent, lastOf(path))] = value;
  return "";
}

function remove(object: Node, path: string): string {
  const parent = parentOf(object, path);
  if (parent == null) return "there is nothing there";
  const found = indexIn(parent, lastOf(path));
  if (found < 0) return "there is nothing there";
  parent.removeAt(found);
  return "";
}

/** Whether two values are equal. Numbers are compared as they are written. */
function same(a: Node, b: Node): bool {
  if (a.isNull() || b.isNull()) return a.isNull() && b.isNull();
  if (a.kind != b.kind || a.values.length != b.values.length) return false;
  if (a.kind == Kind.Scalar) return a.text() == b.text() && (isQuoted(a) == isQuoted(b) || !isTyped(a.text()));
  for (let i = 0; i < a.values.length; i++) {
    if (a.kind == Kind.List) {
      if (!same(a.values[i], b.values[i])) return false;
      continue;
    }
    const other = b.get(a.keys[i].text());
    if (other == null || !same(a.values[i], other)) return false;
  }
  return true;
}

function isQuoted(node: Node): bool {
  return node.style != Style.Plain;
}

/** Whether a plain text is, or may be, a number or a flag. */
function isTyped(text: string): bool {
  if (" true false True False TRUE FALSE yes no on off ".includes(" " + text + " ")) return true;
  const code = text.length == 0 ? 0 : text.charCodeAt(0);
  return (code >= 0x30 && code <= 0x39) || code == 0x2b || code == 0x2d || code == 0x2e;
}
