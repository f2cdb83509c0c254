import type { ActionEvent, EventObject } from "../../../engine/action/event.ts";

/** A line about what an action did. */
export function progressLine(event: ActionEvent): string {
  return `${textOf(event)}\n`;
}

function textOf(event: ActionEvent): string {
  switch (event.type) {
    case "phase":
      return `${event.phase}: ${event.message}`;
    case "resource":
      return `${event.result} ${nameOf(event.object)}${event.message === undefined ? "" : `: ${event.message}`}`;
    case "conflict":
      return `conflict (${event.decision}) ${nameOf(event.object)}: ${event.message}`;
    case "waiting":
      return `waiting for ${nameOf(event.object)}: ${event.message}`;
    case "hook":
      return `${event.event} hook ${event.hook}: ${event.phase}${event.message === undefined ? "" : `: ${event.message}`}`;
    case "log":
      return `${event.source}: ${event.line}`;
    case "plugin-log":
      return `plugin ${event.plugin}: ${event.text}`;
    default:
      return `warning: ${event.message}`;
  }
}

function nameOf({ kind, namespace, name }: EventObject): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
