import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** What a client asked of the API server between two moments. */
export interface Counts {
  readonly requests: number;
  readonly writes: number;
}

interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly stage: string;
  readonly user: { readonly username: string };
}

const WRITES = new Set(["create", "update", "patch", "delete", "deletecollection"]);

/** Reads an API server's audit log from where it is now: `counts` tells what `user` did since. */
export function watchAudit(file: string, user: string): { readonly counts: () => Counts } {
  const start = sizeOf(file);
  return {
    counts: () => {
      const verbs = new Map<string, string>();
      for (const line of readFrom(file, start).split("\n")) {
        if (line === "") continue;
        const event = JSON.parse(line) as AuditEvent;
        if (event.user.username === user && event.stage !== "RequestReceived") verbs.set(event.auditID, event.verb);
      }
      return { requests: verbs.size, writes: [...verbs.values()].filter((verb) => WRITES.has(verb)).length };
    },
  };
}

function sizeOf(file: string): number {
  const handle = openSync(file, "r");
  const { size } = fstatSync(handle);
  closeSync(handle);
  return size;
}

function readFrom(file: string, start: number): string {
  const handle = openSync(file, "r");
  const { size } = fstatSync(handle);
  const bytes = Buffer.alloc(size - start);
  readSync(handle, bytes, 0, bytes.length, start);
  closeSync(handle);
  const text = bytes.toString("utf8");
  return text.slice(0, text.lastIndexOf("\n") + 1);
}
