// node test/oracles/patch-table.ts: writes engine/kube/patch-table.ts from what client-go's scheme says of its kinds: which members are
// no scalars, and how lists and maps merge in a strategic merge patch.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildTool } from "./build.ts";

const target = join(import.meta.dirname, "..", "..", "engine", "kube", "patch-table.ts");

interface Table {
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the program says, as the file has it. Types without such members are left out: a name that is not there has none. */
export function readPatchTable(program: string): {
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
} {
  const table: Table = JSON.parse(execFileSync(program, ["table"], { encoding: "utf8", maxBuffer: 64 << 20 })) as Table;
  const types = sorted(table.types).flatMap(([name, members]) => {
    const texts = sorted(members).map(([member, kind]) => `${member} ${kind}`);
    return texts.length === 0 ? [] : [[name, texts.join(", ")] as const];
  });
  return { kinds: Object.fromEntries(sorted(table.kinds)), types: Object.fromEntries(types) };
}

function sorted<Value>(of: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  return Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
}

function fileText(program: string): string {
  const { kinds, types } = readPatchTable(program);
  return [
    "// Written by test/oracles/patch-table.ts from client-go's scheme and apiextensions/v1.",
    "",
    "/** Built-in kinds, as `APIVERSION/KIND`, and the types of their objects. */",
    `export const PATCH_KINDS: Readonly<Record<string, string>> = ${JSON.stringify(kinds)};`,
    "",
    "/**",
    " * Members of types that are no scalars: `NAME TYPE`, or `NAME TYPE STRATEGY`, or `NAME TYPE STRATEGY MERGEKEY`, between commas. TYPE",
    " * is `map`, the name of a type, or either behind `[]`; STRATEGY is `merge`, `replace`, `retainKeys`, or two of them with a `+`.",
    " */",
    `export const PATCH_TYPES: Readonly<Record<string, string>> = ${JSON.stringify(types)};`,
    "",
  ].join("\n");
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(target, fileText(join(buildTool("patchprobe"), "patchprobe")));
