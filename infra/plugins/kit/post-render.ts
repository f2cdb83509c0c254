import { Edits } from "./edit";
import { fail, inputBytes } from "./host";
import { Node } from "./node";
import { readJsonText, Utf8 } from "./utf8";
import { Documents, DocumentStream, parseDocuments, parseOne } from "./yaml";

/** The input of a `postrenderer/v1` plugin. */
export class PostRenderInput {
  /** All documents, hooks among them. */
  manifests: string = "";
  args: string[] = [];
  /** Why the message cannot be read; empty when it can. */
  problem: string = "";
  private read: Documents | null = null;

  /** The documents of `manifests`, read once; look at its `problem`. `only`: as `parseDocuments` has it. */
  documents(only: string[] | null = null): Documents {
    const known = this.read;
    if (known != null) return known;
    const fresh = parseDocuments(this.manifests, only);
    this.read = fresh;
    return fresh;
  }

  /** The documents of `manifests`, one after the other. */
  stream(only: string[] | null = null): DocumentStream {
    return new DocumentStream(this.manifests, only);
  }
}

/** Reads the message. */
export function readPostRender(): PostRenderInput {
  const message = new PostRenderInput();
  const bytes = inputBytes();
  const head = startsWith(bytes, HEAD) ? readJsonText(bytes, HEAD.length) : null;
  // The manifests are the message but for a few bytes: what is behind them is read as a message of its own.
  const rest = head == null || head.end < 0 ? -1 : restOf(bytes, head.end);
  const read = parseOne(rest < 0 ? decode(bytes, 0) : "{" + decode(bytes, rest));
  const root: Node | null = read.problem == "" ? read.roots[0] : null;
  const manifests: Node | null = root == null ? null : root.get("manifests");
  if (manifests != null) message.manifests = manifests.text();
  else if (root != null && head != null && rest >= 0) message.manifests = head.text;
  else message.problem = "the message of a post-renderer has no manifests";
  const args: Node | null = root == null ? null : root.get("extraArgs");
  if (args != null) for (let i = 0; i < args.values.length; i++) message.args.push(args.values[i].text());
  return message;
}

const HEAD: string = '{"manifests":"';

/** Where the further members begin, or the closing brace stands; -1 for anything else. */
function restOf(bytes: ArrayBuffer, end: i32): i32 {
  const code = end < bytes.byteLength ? load<u8>(changetype<usize>(bytes) + end) : 0;
  return code == 0x2c ? end + 1 : code == 0x7d ? end : -1;
}

function startsWith(bytes: ArrayBuffer, text: string): bool {
  if (bytes.byteLength < text.length) return false;
  for (let i = 0; i < text.length; i++) if (load<u8>(changetype<usize>(bytes) + i) != text.charCodeAt(i)) return false;
  return true;
}

function decode(bytes: ArrayBuffer, from: i32): string {
  return String.UTF8.decodeUnsafe(changetype<usize>(bytes) + from, bytes.byteLength - from);
}

/** Answers with the documents as they shall be: `return writePostRender(…)`. */
export function writePostRender(manifests: string): i32 {
  return writeEdited(manifests, new Edits());
}

/** Answers with the documents as edits make them. */
export function writeEdited(manifests: string, edits: Edits): i32 {
  const out = new Utf8(manifests.length + (manifests.length >> 2) + 32);
  out.add(HEAD);
  edits.writeTo(out, manifests);
  out.add('"}');
  return out.write();
}

/** Refuses in the name of a plugin. */
export function refuse(plugin: string, problem: string): i32 {
  return fail(plugin + ": " + problem);
}
