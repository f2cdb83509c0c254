import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "slipway-planted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A small house with the project's own settings and one planted file. */
function plant(files: Readonly<Record<string, string>>): string {
  const house = mkdtempSync(join(folder, "house-"));
  const settings = [
    "tsconfig.base.json",
    ".oxlintrc.json",
    "engine/tsconfig.json",
    "registry/tsconfig.json",
    "functions/tsconfig.json",
  ];
  for (const name of settings) {
    mkdirSync(dirname(join(house, name)), { recursive: true });
    cpSync(join(root, name), join(house, name));
  }
  const sound = {
    "package.json": '{ "type": "module" }\n',
    "engine/sound.ts": "export const sound = 1;\n",
    "functions/sound.ts": "export const sound = 1;\n",
  };
  for (const [name, text] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(house, name)), { recursive: true });
    writeFileSync(join(house, name), text);
  }
  return house;
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
): { readonly code: number | null; readonly output: string } {
  const end = spawnSync(process.execPath, [join(root, "node_modules", program), ...args], { cwd, encoding: "utf8" });
  return { code: end.status, output: end.stdout + end.stderr };
}

const compile = (house: string) => run("typescript/bin/tsc", ["-p", "engine", "--noEmit"], house);
const lint = (house: string) => run("oxlint/bin/oxlint", ["--deny-warnings"], house);

describe("the compiler", () => {
  const faults = [
    {
      name: "a runtime's global in the engine",
      text: "export const fault: string = process.cwd();\n",
      says: "Cannot find name 'process'",
    },
    {
      name: "a Node module in the engine",
      text: 'import { readFileSync } from "node:fs";\nreadFileSync("x");\n',
      says: "node:fs",
    },
    { name: "an import upwards", text: 'export { sound } from "../functions/sound.ts";\n', says: "functions/sound.ts" },
  ];

  it("accepts a sound house", () => {
    expect(compile(plant({}))).toEqual({ code: 0, output: "" });
  });
  for (const { name, text, says } of faults) {
    it(`catches ${name}`, () => {
      const end = compile(plant({ "engine/fault.ts": text }));
      expect(end.code).not.toBe(0);
      expect(end.output).toContain(says);
    });
  }
});

describe("the linter", () => {
  const faults = [
    {
      name: "an import upwards",
      path: "engine/fault.ts",
      text: 'export { sound } from "../functions/sound.ts";\n',
      says: "lowest floor",
    },
    {
      name: "a vendor in functions",
      path: "functions/fault.ts",
      text: 'import "@aws-sdk/client-s3";\n',
      says: "only infra names",
    },
    {
      name: "any",
      path: "engine/fault.ts",
      text: "export function fault(value: any): void {\n  void value;\n}\n",
      says: "no-explicit-any",
    },
    {
      name: "a non-null assertion",
      path: "engine/fault.ts",
      text: "export function fault(value: string | undefined): string {\n  return value!;\n}\n",
      says: "no-non-null-assertion",
    },
    {
      name: "a promise that nobody waits for",
      path: "engine/fault.ts",
      text: "export function fault(): void {\n  Promise.reject(new Error());\n}\n",
      says: "no-floating-promises",
    },
    {
      name: "a value-import cycle",
      path: "engine/fault.ts",
      text: 'import { other } from "./other.ts";\nexport const fault = (): number => other();\n',
      says: "no-cycle",
    },
  ];
  const other = {
    "engine/other.ts": 'import { fault } from "./fault.ts";\nexport const other = (): number => fault();\n',
  };

  it("accepts a sound house", () => {
    expect(lint(plant({})).code).toBe(0);
  });
  for (const { name, path, text, says } of faults) {
    it(`catches ${name}`, () => {
      const end = lint(plant({ [path]: text, ...(says === "no-cycle" ? other : {}) }));
      expect(end.code).not.toBe(0);
      expect(end.output).toContain(says);
    });
  }
});
