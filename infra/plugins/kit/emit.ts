import { writeKey } from "./edit";
import { Kind, Node } from "./node";
import { Style } from "./scalar";
import { quote, Text } from "./text";

/**
 * Writes a tree anew, its first line without indentation and without a line break behind the last. Scalars stay as they are written where that
 * is one line; comments are lost. Trees with anchors, aliases or tags cannot be written.
 */
export function emit(node: Node): string {
  const out = new Text(max(node.end - node.start, 0) + 64);
  if (node.style == Style.Block) addBlock(out, node, node.column);
  else addFlow(out, node);
  return out.toString();
}

/** Whether something in a tree has an anchor or a tag, or is an alias. */
export function hasFixed(node: Node): bool {
  if (node.fixed) return true;
  for (let i = 0; i < node.values.length; i++) if (hasFixed(node.values[i])) return true;
  return false;
}

function addBlock(out: Text, node: Node, column: i32): void {
  const map = node.kind == Kind.Map;
  for (let i = 0; i < node.values.length; i++) {
    if (i > 0) addLine(out, column);
    const value = node.values[i];
    const nested = value.values.length > 0;
    if (map) {
      out.add(keyOf(node.keys[i]));
      out.unit(0x3a);
      if (nested) addLine(out, column + 2);
      else out.unit(0x20);
    } else out.add("- ");
    if (nested) addBlock(out, value, column + 2);
    else addScalar(out, value, column + 2);
  }
}

function addLine(out: Text, column: i32): void {
  out.unit(0x0a);
  for (let i = 0; i < column; i++) out.unit(0x20);
}

function keyOf(key: Node): string {
  const text = key.text();
  // A plain key may be a number or a flag; quoted it would be another.
  return key.style == Style.Plain ? text : writeKey(text);
}

/** A scalar, or an empty map or list, in a block. */
function addScalar(out: Text, node: Node, column: i32): void {
  const block = node.style == Style.Literal || node.style == Style.Folded;
  const text = block ? node.text() : "";
  if (block && isLiteral(text)) addLiteral(out, text, column);
  else addFlow(out, node);
}

function addLiteral(out: Text, text: string, column: i32): void {
  out.add(text.endsWith("\n") ? "|" : "|-");
  const lines = (text.endsWith("\n") ? text.substring(0, text.length - 1) : text).split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] == "") out.unit(0x0a);
    else {
      addLine(out, column);
      out.add(lines[i]);
    }
  }
}

/** Whether `|` or `|-` can write a text: it begins with no blank, no line ends with one, it ends with one line break at most, and has no other controls. */
function isLiteral(text: string): bool {
  if (text.length < 2 || text.charCodeAt(0) <= 0x20 || text.endsWith("\n\n")) return false;
  if (text.includes(" \n") || text.includes("\t\n") || text.endsWith(" ") || text.endsWith("\t")) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code != 0x0a && code != 0x09 && (code < 0x20 || (code >= 0x7f && code < 0xa0))) return false;
    if (code == 0x2028 || code == 0x2029 || code == 0xfeff) return false;
  }
  return true;
}

function addFlow(out: Text, node: Node): void {
  if (node.kind == Kind.Map || node.kind == Kind.List) {
    const map = node.kind == Kind.Map;
    out.unit(map ? 0x7b : 0x5b);
    for (let i = 0; i < node.values.length; i++) {
      if (i > 0) out.add(", ");
      if (map) {
        const key = keyOf(node.keys[i]);
        out.add(hasFlowMark(key) && key.charCodeAt(0) != 0x22 ? quote(key) : key);
        out.add(": ");
      }
      addFlow(out, node.values[i]);
    }
    out.unit(map ? 0x7d : 0x5d);
  } else if (node.kind == Kind.Empty) out.add("null");
  else {
    const text = node.text();
    const asWritten = node.style == Style.Plain && node.end - node.start == text.length && !hasFlowMark(text);
    out.add(asWritten ? text : quote(text));
  }
}

/** A plain text with one of these is a text, so quoting does not change it. */
function hasFlowMark(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x2c || code == 0x5b || code == 0x5d || code == 0x7b || code == 0x7d || code == 0x0a) return true;
  }
  return false;
}
