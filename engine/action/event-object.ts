import type { KubeObject } from "../object/object.ts";
import { getName, getNamespace } from "../object/read.ts";
import type { EventObject } from "./event.ts";

/** An object as events name it. */
export function eventObject(object: KubeObject): EventObject {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: getNamespace(object),
    name: getName(object),
  };
}
