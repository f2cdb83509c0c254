import type { JsonObject, JsonValue } from "../errors.ts";

/** A Kubernetes object as it is on the wire. Unknown fields are kept; nothing is modelled beyond what every object has. */
export interface KubeObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** The members of `metadata` that the engine reads. All else is kept as it came. */
export interface ObjectMeta extends JsonObject {
  readonly [key: string]: JsonValue;
}

/** Group, version and kind. `group` is empty for the core API. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What names one object in a cluster. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectKey {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
