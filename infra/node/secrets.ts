import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResolveSecret } from "../../functions/config/secret.ts";
import { toHex } from "../../functions/http/digest.ts";
import { systemRandom } from "./clock.ts";
import { hasCode } from "./filesystem-paths.ts";

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
  if (!existsSync(file)) makeKey(folder, file);
  chmodSync(file, 0o600);
  return checkKey(readFileSync(file), file);
}

/** The key appears whole, and of two processes that make one the first wins. */
function makeKey(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  const fresh = `${file}.${process.pid}-${toHex(systemRandom(8))}`;
  writeFileSync(fresh, systemRandom(KEY_BYTES), { mode: 0o600, flag: "wx" });
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(fresh);
  }
}

function checkKey(bytes: Buffer, from: string): Uint8Array<ArrayBuffer> {
  if (bytes.length !== KEY_BYTES) throw new Error(`${from} holds ${bytes.length} bytes; the key has ${KEY_BYTES}`);
  return new Uint8Array(bytes);
}
