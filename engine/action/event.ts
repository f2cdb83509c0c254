import type { JsonObject } from "../errors.ts";
import type { PluginLog } from "../plugin/index.ts";

/**
 * What an action did, in the order done: the only progress channel. Secrets never appear in it. `type` is the name that the event
 * stream uses.
 */
export type ActionEvent =
  | { readonly type: "phase"; readonly phase: string; readonly message: string }
  | {
      readonly type: "resource";
      readonly object: EventObject;
      readonly result: "created" | "configured" | "unchanged" | "deleted" | "kept" | "skipped" | "failed";
      readonly message?: string;
    }
  | {
      readonly type: "conflict";
      readonly object: EventObject;
      readonly field: string;
      readonly manager: string;
      readonly decision: "fail" | "force" | "yield";
      readonly reason: string;
      readonly message: string;
    }
  | { readonly type: "waiting"; readonly object: EventObject; readonly status: string; readonly message: string }
  | {
      readonly type: "hook";
      readonly hook: string;
      readonly event: string;
      readonly phase: string;
      readonly message?: string;
    }
  /** `hook`: its output policy asks for it. `trouble`: the last lines of a container that keeps an object from being ready. */
  | { readonly type: "log"; readonly cause: "hook" | "trouble"; readonly source: string; readonly line: string }
  /** A line that a plugin logged; what is known to be secret is cut out. */
  | {
      readonly type: "plugin-log";
      readonly plugin: string;
      /** `sha256:…` of its module. */
      readonly digest: string;
      readonly level: PluginLog["level"];
      readonly text: string;
    }
  | {
      readonly type: "warning";
      readonly message: string;
      readonly detail?: JsonObject;
      /** Helm logs this too: `message` at this level, with the members of `detail` as attributes. */
      readonly level?: "INFO" | "WARN";
    };

/** An object as events name it. */
export interface EventObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
