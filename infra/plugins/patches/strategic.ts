import { Kind, Node } from "../kit/node";

/**
 * Merges a strategic-merge patch into an object: maps member by member, null deletes, lists by their merge key where kustomize knows one,
 * finalizers word by word, others whole; `$patch: delete` and `replace`. As with kustomize the patch's items come first, in its order; in a
 * list with two keys only the new ones do. Answers with what is wrong.
 */
export function merge(object: Node, patch: Node, builtIn: bool): string {
  return mergeMap(object, patch, builtIn, "");
}

function mergeMap(object: Node, patch: Node, builtIn: bool, field: string): string {
  const directive = patch.textAt("$patch");
  if (directive == "delete" || directive == "replace") {
    object.clear();
    if (directive == "replace") addMembers(object, patch);
    return "";
  }
  if (directive != "" && directive != "merge") return "the directive $patch: " + directive + " does not exist";
  for (let i = 0; i < patch.keys.length; i++) {
    const key = patch.keys[i].text();
    if (key == "$patch") continue;
    if (key.startsWith("$")) return "the directive " + key + " is not supported";
    const problem = mergeMember(object, patch, i, builtIn, field);
    if (problem != "") return problem;
  }
  return "";
}

function mergeMember(object: Node, patch: Node, index: i32, builtIn: bool, field: string): string {
  const key = patch.keys[index].text();
  const value = patch.values[index];
  const found = object.indexOf(key);
  if (value.isNull()) {
    if (found >= 0) object.removeAt(found);
    return "";
  }
  const old = object.get(key);
  if (value.kind == Kind.Map && value.textAt("$patch") == "delete") {
    if (found >= 0) object.removeAt(found);
    return "";
  }
  if (value.kind == Kind.Map) {
    if (old != null && old.kind == Kind.Map) return mergeMap(old, value, builtIn, key);
    const fresh = value.emptied();
    object.put(patch.keys[index], fresh);
    return mergeMap(fresh, value, builtIn, key);
  }
  if (builtIn && key == "finalizers" && field == "metadata" && value.kind == Kind.List) {
    object.put(patch.keys[index], unionOf(value, old));
    return "";
  }
  const merged = builtIn && value.kind == Kind.List ? mergeKeys(field, key) : NO_KEYS;
  if (merged.length == 0) {
    object.put(patch.keys[index], value.copy());
    return "";
  }
  if (old != null && old.kind == Kind.List) return mergeList(old, value, merged, key);
  const list = value.emptied();
  object.put(patch.keys[index], list);
  return mergeList(list, value, merged, key);
}

function mergeList(list: Node, patch: Node, keys: string[], field: string): string {
  let fresh = 0;
  for (let i = 0; i < patch.values.length; i++) {
    const item = patch.values[i];
    if (item.kind != Kind.Map) return "an item of " + field + " is no map";
    const directive = item.textAt("$patch");
    if (directive == "replace") {
      list.clear();
      continue;
    }
    if (item.get(keys[0]) == null) return "an item of " + field + " has no " + keys[0];
    const found = findItem(list, item, keys);
    if (directive == "delete") {
      if (found >= 0) list.removeAt(found);
    } else if (found >= 0) {
      const problem = mergeMap(list.values[found], item, true, field);
      if (problem != "") return problem;
      if (keys.length > 1 || found < fresh) continue;
      const merged = list.values[found];
      list.removeAt(found);
      list.insertAt(fresh, merged);
      fresh += 1;
    } else {
      const added = item.emptied();
      const problem = mergeMap(added, item, true, field);
      if (problem != "") return problem;
      list.insertAt(fresh, added);
      fresh += 1;
    }
  }
  return "";
}

/** The patch's words, then what stood there; each once. */
function unionOf(patch: Node, old: Node | null): Node {
  const list = patch.emptied();
  addWords(list, patch);
  if (old != null && old.kind == Kind.List) addWords(list, old);
  return list;
}

function addWords(list: Node, words: Node): void {
  for (let i = 0; i < words.values.length; i++) {
    const word = words.values[i];
    let known = false;
    for (let n = 0; n < list.values.length && !known; n++) known = list.values[n].text() == word.text();
    if (!known) list.insertAt(list.values.length, word.copy());
  }
}

/** The item with the same merge keys. A protocol that is not written is TCP. */
function findItem(list: Node, item: Node, keys: string[]): i32 {
  for (let i = 0; i < list.values.length; i++) {
    let same = true;
    for (let n = 0; n < keys.length && same; n++) same = keyText(list.values[i], keys[n]) == keyText(item, keys[n]);
    if (same) return i;
  }
  return -1;
}

function keyText(item: Node, key: string): string {
  const text = item.textAt(key);
  return text == "" && key == "protocol" ? "TCP" : text;
}

function addMembers(object: Node, patch: Node): void {
  for (let i = 0; i < patch.keys.length; i++)
    if (!patch.keys[i].is("$patch")) object.put(patch.keys[i], patch.values[i].copy());
}

const NO_KEYS: string[] = [];
const NAME: string[] = ["name"];

/** The merge keys of a list of Kubernetes' types, by its name and that of what it stands in. Empty: it is replaced. */
function mergeKeys(parent: string, field: string): string[] {
  if (field == "ports") return [parent.endsWith("ontainers") ? "containerPort" : "port", "protocol"];
  if (field == "volumeMounts") return ["mountPath"];
  if (field == "volumeDevices") return ["devicePath"];
  if (field == "hostAliases") return ["ip"];
  if (field == "ownerReferences" && parent == "metadata") return ["uid"];
  if (field == "topologySpreadConstraints") return ["topologyKey", "whenUnsatisfiable"];
  return NAMED.includes("," + field + ",") ? NAME : NO_KEYS;
}

const NAMED: string =
  ",containers,initContainers,ephemeralContainers,volumes,env,imagePullSecrets,secrets,resourceClaims,";
