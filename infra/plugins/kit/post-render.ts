import { fail, input, output } from "./host";
import { Node } from "./node";
import { addQuoted, Text } from "./text";
import { Documents, parseDocuments, parseOne } from "./yaml";

/** The input of a `postrenderer/v1` plugin. */
export class PostRenderInput {
  /** All documents, hooks among them. */
  manifests: string = "";
  args: string[] = [];
  /** Why the message cannot be read; empty when it can. */
  problem: string = "";
  private read: Documents | null = null;

  /** The documents of `manifests`, read once; look at its `problem`. */
  documents(): Documents {
    const known = this.read;
    if (known != null) return known;
    const fresh = parseDocuments(this.manifests);
    this.read = fresh;
    return fresh;
  }
}

/** Reads the message. */
export function readPostRender(): PostRenderInput {
  const message = new PostRenderInput();
  const read = parseOne(input());
  const manifests = read.problem == "" ? read.roots[0].get("manifests") : null;
  if (manifests == null) message.problem = "the message of a post-renderer has no manifests";
  else message.manifests = manifests.text();
  const args: Node | null = read.problem == "" ? read.roots[0].get("extraArgs") : null;
  if (args != null) for (let i = 0; i < args.values.length; i++) message.args.push(args.values[i].text());
  return message;
}

/** Answers with the documents as they shall be: `return writePostRender(…)`. */
export function writePostRender(manifests: string): i32 {
  const out = new Text(manifests.length + (manifests.length >> 3) + 32);
  out.add('{"manifests":');
  addQuoted(out, manifests);
  out.unit(0x7d);
  return output(out.toString());
}

/** Refuses in the name of a plugin. */
export function refuse(plugin: string, problem: string): i32 {
  return fail(plugin + ": " + problem);
}
