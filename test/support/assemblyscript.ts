import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { main } from "assemblyscript/asc";

const root = dirname(dirname(import.meta.dirname));
const built = new Map<string, Promise<Uint8Array>>();

/** A plugin of test/data/plugins, built with the official kit for AssemblyScript. Each once per process. */
export function buildAssemblyScript(name: string): Promise<Uint8Array> {
  const known = built.get(name) ?? compile(name);
  built.set(name, known);
  return known;
}

async function compile(name: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  let complaints = "";
  const { error } = await main([`${name}.ts`, "--outFile", "out.wasm", "--use", `abort=${name}/stop`, "--optimize"], {
    readFile: (file) => {
      if (file === `${name}.ts`) return readFileSync(join(root, "test", "data", "plugins", `${name}.as`), "utf8");
      try {
        return readFileSync(join(root, file), "utf8");
      } catch {
        return null;
      }
    },
    writeFile: (_file, contents) => {
      if (typeof contents !== "string") wasm = contents;
    },
    listFiles: () => null,
    stderr: { write: (text) => void (complaints += String(text)) },
  });
  if (error !== null || wasm === undefined) throw new Error(`asc: ${complaints}`, { cause: error });
  return wasm;
}
