import type { JsonObject } from "../errors.ts";
import { type GitOpsOwner, gitOpsOwners, printGitOpsOwner } from "../kube/gitops-owner.ts";
import { keyOf, keyText } from "../object/gvk.ts";
import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";

/** An object that a GitOps tool manages, too. */
export type ManagedObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly owner: GitOpsOwner;
};

/** The objects among some, live or of a manifest, that a GitOps tool also manages: each object and tool once, the first wins. */
export function managedObjects(objects: readonly KubeObject[]): readonly ManagedObject[] {
  const found = new Map<string, ManagedObject>();
  for (const object of objects) {
    const { apiVersion, kind } = object;
    for (const owner of gitOpsOwners(object)) {
      const key = `${owner.tool} ${keyText(keyOf(object))}`;
      const known = found.get(key);
      if (known !== undefined && (known.owner.name !== undefined || owner.name === undefined)) continue;
      found.set(key, { apiVersion, kind, namespace: getNamespace(object), name: getName(object), owner });
    }
  }
  return [...found.values()];
}

/** One line on one of them: `Deployment shop/web is also managed by the Argo CD Application "web" (label …)`. */
export function managedText({ kind, namespace, name, owner }: ManagedObject): string {
  const where = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return `${where} is also managed by the ${printGitOpsOwner(owner)} (${owner.evidence})`;
}

/** Objects beyond these are counted, not told. */
const MAX_TOLD = 100;

/** The refusal to change a release with such objects. There must be one. */
export function managedRefusal(
  release: string,
  managed: readonly [ManagedObject, ...ManagedObject[]],
): { readonly message: string; readonly detail: JsonObject } {
  const [first] = managed;
  const owner = printGitOpsOwner(first.owner);
  const more = managed.length === 1 ? "" : `, and ${managed.length - 1} more such`;
  const how = choices(owner);
  const message = `${release} is not changed: ${managedText(first)}${more}; nothing was written. Choose: ${how.map((one) => one.how).join("; or ")}.`;
  const objects = managed.slice(0, MAX_TOLD).map(({ owner: by, ...object }) => ({ object, managedBy: { ...by } }));
  return { message, detail: { managed: objects, count: managed.length, choices: how.map((one) => ({ ...one })) } };
}

function choices(owner: string): readonly { readonly choice: string; readonly how: string }[] {
  return [
    { choice: "there", how: `make the change where the ${owner} takes it from` },
    { choice: "hand-over", how: "hand the objects over first: `slipway assess` tells the steps" },
    { choice: "alongside", how: '--alongside ("alongside": true) works beside it' },
  ];
}
