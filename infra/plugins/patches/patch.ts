import { hasFixed } from "../kit/emit";
import { config } from "../kit/host";
import { Kind, Node } from "../kit/node";
import { parseOne } from "../kit/yaml";
import { applyOperations } from "./json-patch";
import { merge } from "./strategic";

/** One patch and the objects that it is for. */
export class Patch {
  /** `patch 1`, for messages. */
  name: string;
  optional: bool = false;
  /** Objects that it was applied to. */
  matched: i32 = 0;
  private target: Node;
  private body: Node;

  constructor(name: string, target: Node, body: Node) {
    this.name = name;
    this.target = target;
    this.body = body;
  }

  /** Whether its target names the object: every field that it has must be equal. */
  matches(object: Node): bool {
    return (
      this.agrees("apiVersion", object.get("apiVersion")) &&
      this.agrees("kind", object.get("kind")) &&
      this.agrees("name", object.find("metadata.name")) &&
      this.agrees("namespace", object.find("metadata.namespace"))
    );
  }

  /** Changes the object; answers with what is wrong, or nothing. */
  apply(object: Node): string {
    if (this.body.kind == Kind.List) return applyOperations(object, this.body);
    return merge(object, this.body, isBuiltIn(object.textAt("apiVersion")));
  }

  private agrees(field: string, found: Node | null): bool {
    const wanted = this.target.get(field);
    return wanted == null || (found != null && found.is(wanted.text()));
  }
}

/** The patches of the configuration. */
export class Patches {
  all: Patch[] = [];
  problem: string = "";
}

/** Reads config `patches`: a list of `{target, patch, optional}`. */
export function readPatches(): Patches {
  const patches = new Patches();
  const text = config("patches");
  const read = parseOne(text == null ? "[]" : text);
  if (read.problem != "") patches.problem = "config patches: " + read.problem;
  else if (read.roots[0].kind != Kind.List) patches.problem = "config patches must be a list";
  else
    for (let i = 0; i < read.roots[0].values.length && patches.problem == ""; i++)
      addPatch(patches, read.roots[0].values[i]);
  return patches;
}

function addPatch(patches: Patches, entry: Node): void {
  const name = "patch " + (patches.all.length + 1).toString();
  const written = entry.get("patch");
  if (written == null) {
    patches.problem = name + " has no patch";
    return;
  }
  let body: Node = written;
  if (written.kind == Kind.Scalar) {
    const read = parseOne(written.text());
    if (read.problem != "") patches.problem = name + ": " + read.problem;
    else body = read.roots[0];
  }
  if (patches.problem == "" && body.kind != Kind.Map && body.kind != Kind.List)
    patches.problem = name + " must be a map (strategic merge) or a list (JSON 6902)";
  if (patches.problem == "" && hasFixed(body))
    patches.problem = name + " has an anchor, an alias or a tag; write it out";
  if (patches.problem != "") return;
  const target = entry.get("target");
  const own = target == null && body.kind == Kind.Map ? targetOf(body) : target;
  if (own == null || own.keys.length == 0) patches.problem = name + " has no target";
  else {
    const patch = new Patch(name, own, body);
    const optional = entry.get("optional");
    patch.optional = optional != null && optional.isTrue();
    patches.all.push(patch);
  }
}

/** A strategic-merge patch names its object itself. */
function targetOf(body: Node): Node {
  const target = new Node(body.source, Kind.Map, body.style, body.start);
  const fields = ["apiVersion", "kind"];
  for (let i = 0; i < fields.length; i++) addField(target, body, fields[i]);
  const metadata = body.get("metadata");
  if (metadata == null) return target;
  addField(target, metadata, "name");
  addField(target, metadata, "namespace");
  return target;
}

function addField(target: Node, from: Node, field: string): void {
  const found = from.indexOf(field);
  if (found < 0) return;
  target.keys.push(from.keys[found]);
  target.values.push(from.values[found]);
}

/** Lists of Kubernetes' own types are merged by key; those of other types are replaced. */
function isBuiltIn(apiVersion: string): bool {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.substring(0, slash);
  return !group.includes(".") || (group.endsWith(".k8s.io") && !BUILT_OUTSIDE.includes(group));
}

/** Groups of that name that are made by custom resources. */
const BUILT_OUTSIDE: string[] = ["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "metrics.k8s.io", "x-k8s.io"];
