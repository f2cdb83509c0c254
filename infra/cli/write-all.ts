import { writeSync } from "node:fs";

/** How long a full pipe is left alone before the next try. */
const RETRY_MS = 1;

/** Writes past `process.stdout`, whose making costs more than a small chart's render. A reader that went away ends the process. */
export function writeAll(target: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(target, bytes, done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") process.exit(1);
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
