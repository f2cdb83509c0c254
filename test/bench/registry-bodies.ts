import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Keeps the bodies of a plan in a file until the next ones of that name. */
export function keep(folder: string, bytes: Buffer, name = "bodies"): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}
