import { configFlag, configTable } from "../kit/settings";
import { isDigest, parseReference, Reference } from "./reference";

/** What the configuration says about images. */
export class Rewrite {
  /** Why the configuration, or an image, is refused; empty when it is not. */
  problem: string = "";
  private prefixes: string[] = [];
  private mirrors: string[] = [];
  private images: string[] = [];
  private digests: string[] = [];
  private strict: bool = false;

  constructor() {
    const mirrors = configTable("mirrors");
    const digests = configTable("digests");
    this.problem = mirrors.problem != "" ? mirrors.problem : digests.problem;
    this.strict = configFlag("strict");
    for (let i = 0; i < mirrors.keys.length && this.problem == ""; i++)
      this.addMirror(mirrors.keys[i], mirrors.values[i]);
    for (let i = 0; i < digests.keys.length && this.problem == ""; i++)
      this.addDigest(digests.keys[i], digests.values[i]);
  }

  /** The reference that takes an image's place: itself where nothing is said about it. */
  image(text: string): string {
    const reference = parseReference(text);
    if (reference == null) {
      if (this.strict) this.problem = '"' + text + '" is no reference to an image';
      return text;
    }
    const pinned = reference.digest != "" ? reference.digest : this.digestOf(reference);
    if (pinned == "" && this.strict) this.problem = '"' + text + '" has no digest; add one to config digests';
    const name = this.mirrored(reference.name());
    if (name == reference.name() && pinned == reference.digest) return text;
    const tag = reference.tag == "" ? "" : ":" + reference.tag;
    return name + tag + (pinned == "" ? "" : "@" + pinned);
  }

  private addMirror(prefix: string, mirror: string): void {
    const from = trimSlash(prefix);
    const to = trimSlash(mirror);
    if (from == "" || to == "") this.problem = "config mirrors: a prefix and its mirror must not be empty";
    else if (parseReference(to + "/x") == null)
      this.problem = 'config mirrors: "' + mirror + '" is no place for images';
    this.prefixes.push(from);
    this.mirrors.push(to);
  }

  private addDigest(image: string, digest: string): void {
    const reference = parseReference(image);
    if (reference == null || reference.digest != "") this.problem = 'config digests: "' + image + '" is no image';
    else if (!isDigest(digest)) this.problem = "config digests: " + image + ': "' + digest + '" is no digest';
    else this.images.push(keyOf(reference));
    this.digests.push(digest);
  }

  private digestOf(reference: Reference): string {
    const found = this.images.indexOf(keyOf(reference));
    return found < 0 ? "" : this.digests[found];
  }

  /** By the longest prefix that ends where a part of the name ends. What is in the mirror already stays. */
  private mirrored(name: string): string {
    let best = -1;
    for (let i = 0; i < this.prefixes.length; i++) {
      if (isWithin(name, this.mirrors[i])) return name;
      if (isWithin(name, this.prefixes[i]) && (best < 0 || this.prefixes[i].length > this.prefixes[best].length))
        best = i;
    }
    return best < 0 ? name : this.mirrors[best] + name.substring(this.prefixes[best].length);
  }
}

function isWithin(name: string, prefix: string): bool {
  return name.startsWith(prefix) && (name.length == prefix.length || name.charCodeAt(prefix.length) == 0x2f);
}

/** Name and tag; without a tag it is `latest`. */
function keyOf(reference: Reference): string {
  return reference.name() + ":" + (reference.tag == "" ? "latest" : reference.tag);
}

function trimSlash(text: string): string {
  return text.endsWith("/") ? text.substring(0, text.length - 1) : text;
}
