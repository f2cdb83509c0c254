import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResolveSecret } from "../../functions/config/secret.ts";
import { systemRandom } from "./clock.ts";

/** Secrets of the operator's own configuration: `env:NAME` and `file:PATH`. */
export const resolveSecret: ResolveSecret = async (reference) => {
  const at = reference.indexOf(":");
  const rest = reference.slice(at + 1);
  switch (reference.slice(0, at)) {
    case "env":
      return process.env[rest];
    case "file":
      return await readFile(rest, "utf8").catch(() => undefined);
    default:
      return undefined;
  }
};

const KEY_BYTES = 32;
/** 32 bytes in base64, where the operator keeps the key outside of the data folder. */
const KEY_VARIABLE = "SLIPWAY_KEY";

/** The key that seals what is stored: `SLIPWAY_KEY`, or a file in the data folder that is made at the first start. */
export function openKey(folder: string): Uint8Array<ArrayBuffer> {
  const given = process.env[KEY_VARIABLE];
  if (given !== undefined && given !== "") return checkKey(Buffer.from(given, "base64"), KEY_VARIABLE);
  const file = join(folder, "key");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, systemRandom(KEY_BYTES), { mode: 0o600, flag: "wx" });
  }
  chmodSync(file, 0o600);
  return checkKey(readFileSync(file), file);
}

function checkKey(bytes: Buffer, from: string): Uint8Array<ArrayBuffer> {
  if (bytes.length !== KEY_BYTES) throw new Error(`${from} holds ${bytes.length} bytes; the key has ${KEY_BYTES}`);
  return new Uint8Array(bytes);
}
