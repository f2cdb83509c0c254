import { Kind, Node } from "./node";
import { Style } from "./scalar";
import { addQuoted, Text } from "./text";

/** Writes JSON member by member: `object.text("a", "b").json("c", "[1]").toString()`. */
export class JsonObject {
  private out: Text = new Text();
  private first: bool = true;

  /** A member that is a text. */
  text(key: string, value: string): JsonObject {
    this.key(key);
    addQuoted(this.out, value);
    return this;
  }

  /** A member whose value is JSON already. */
  json(key: string, value: string): JsonObject {
    this.key(key);
    this.out.add(value);
    return this;
  }

  toString(): string {
    return (this.first ? "{" : "") + this.out.toString() + "}";
  }

  private key(key: string): void {
    this.out.add(this.first ? "{" : ",");
    this.first = false;
    addQuoted(this.out, key);
    this.out.unit(0x3a);
  }
}

/** A list of JSON texts as JSON. */
export function jsonList(items: string[]): string {
  return "[" + items.join(",") + "]";
}

/** A value of a message, which is JSON, as JSON again. */
export function toJson(node: Node): string {
  const out = new Text(node.end - node.start + 16);
  addJson(out, node);
  return out.toString();
}

function addJson(out: Text, node: Node): void {
  if (node.kind == Kind.Scalar && node.style == Style.Plain) out.slice(node.source, node.start, node.end);
  else if (node.kind == Kind.Scalar) addQuoted(out, node.text());
  else if (node.kind == Kind.Map || node.kind == Kind.List) {
    const map = node.kind == Kind.Map;
    out.unit(map ? 0x7b : 0x5b);
    for (let i = 0; i < node.values.length; i++) {
      if (i > 0) out.unit(0x2c);
      if (map) {
        addQuoted(out, node.keys[i].text());
        out.unit(0x3a);
      }
      addJson(out, node.values[i]);
    }
    out.unit(map ? 0x7d : 0x5d);
  } else out.add("null");
}
