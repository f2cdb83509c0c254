import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { JsonObject } from "../../../engine/errors.ts";
import { memberAt, stringAt } from "../../../engine/object/json.ts";

/** A write that the API server did. */
export interface Write {
  readonly namespace: string;
  readonly verb: string;
  readonly object: string;
  readonly created: boolean;
}

/** Reads what the audit log has since the last time. */
export interface AuditReader {
  readonly writes: () => readonly Write[];
}

/** Opens the log at its beginning. */
export function openAudit(path: string): AuditReader {
  let offset = 0;
  let rest = "";
  return {
    writes: () => {
      const file = openSync(path, "r");
      try {
        const size = fstatSync(file).size;
        const bytes = Buffer.alloc(size - offset);
        readSync(file, bytes, 0, bytes.length, offset);
        offset = size;
        const lines = (rest + bytes.toString()).split("\n");
        rest = lines.pop() ?? "";
        return lines.flatMap(readLine);
      } finally {
        closeSync(file);
      }
    },
  };
}

const WRITES = new Set(["create", "update", "patch", "delete", "deletecollection"]);

function readLine(line: string): readonly Write[] {
  const entry: JsonObject = JSON.parse(line);
  const verb = stringAt(entry, "verb") ?? "";
  const code = memberAt(entry, "responseStatus", "code");
  const uri = stringAt(entry, "requestURI") ?? "";
  if (!WRITES.has(verb) || uri.includes("dryRun=") || typeof code !== "number" || code >= 300) return [];
  const resource = stringAt(entry, "objectRef", "resource") ?? "";
  const name = stringAt(entry, "objectRef", "name") ?? "";
  const namespace = stringAt(entry, "objectRef", "namespace") ?? "";
  return [{ namespace, verb, object: `${resource}/${name}`, created: code === 201 }];
}

/** How often each object of a namespace was made. */
export function madeIn(writes: readonly Write[], namespace: string): Readonly<Record<string, number>> {
  const made: Record<string, number> = {};
  for (const write of writes) {
    if (write.namespace !== namespace || !write.created) continue;
    const object = write.object.replaceAll(namespace, "NS");
    made[object] = (made[object] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}
