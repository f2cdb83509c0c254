import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The floors, lowest first. A floor imports itself and what stands before it. */
const floors = ["engine", "registry", "functions", "infra"];

/** Folders of a floor by line, lowest first: a folder imports only folders on lower lines. */
const lines: Readonly<Record<string, readonly (readonly string[])[]>> = {
  engine: [
    ["errors.ts", "bytes.ts", "least-used.ts"],
    ["go", "archive"],
    ["semver"],
    ["template", "encoding", "json-schema", "oci", "object"],
    ["sprig", "chart", "kube", "manifest", "plugin"],
    ["render", "release", "hooks", "attestation"],
    ["plan", "lint", "analysis", "report"],
    ["action"],
    ["library", "assess"],
    ["index.ts"],
  ],
  registry: [["content"], ["upstream"], ["projects"], ["collection"], ["http"], ["registry.ts"]],
  functions: [
    ["http"],
    ["access"],
    ["config"],
    ["operations"],
    ["releases", "charts"],
    ["plans", "registry"],
    ["webhooks", "chat", "console"],
    ["routes"],
    ["app.ts"],
  ],
};

/** Folders that stand on lower lines and are still out of reach: what they give comes in through `Pending`. */
const forbidden: readonly (readonly [string, string])[] = [
  ["engine/render", "engine/kube"],
  ["engine/render", "engine/plugin"],
];

/** One import statement of a source file. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** A source file by its path from the project's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Reads every TypeScript file of the floors. */
export function readSources(root: string): readonly Source[] {
  return floors.flatMap((floor) =>
    readdirSync(join(root, floor), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes("node_modules"))
      .map((name) => ({ path: join(floor, name), text: readFileSync(join(root, floor, name), "utf8") })),
  );
}

const importPattern =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?([^'";]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** The imports and re-exports of a file, dynamic ones included. `import { type A }` alone counts as type-only. */
export function importsOf(source: Source): readonly Import[] {
  return [...source.text.matchAll(importPattern)].map((match) => ({
    file: source.path,
    specifier: match[4] ?? match[5] ?? "",
    typeOnly:
      match[2] !== undefined ||
      /^\{(\s*type\s+[\w$]+(\s+as\s+[\w$]+)?\s*,?)+\}\s*from\s*$/.test((match[3] ?? "").trim() + " "),
  }));
}

/** Every breach of the layer rules, as sentences. */
export function breaches(sources: readonly Source[]): readonly string[] {
  return sources.flatMap((source) => importsOf(source).flatMap((entry) => breachOf(entry)));
}

const vendor = /^(node:|cloudflare:|@aws-sdk\/|@kubernetes\/|@extism\/|@hono\/node-server|wrangler|undici)/;

function breachOf(entry: Import): readonly string[] {
  const floor = entry.file.split("/")[0] ?? "";
  if (!entry.specifier.startsWith(".")) {
    if (floor !== "infra" && vendor.test(entry.specifier))
      return [`${entry.file} names ${entry.specifier}: only infra names a vendor or a runtime`];
    if (floor === "engine" && /^(hono|zod)/.test(entry.specifier))
      return [`${entry.file} imports ${entry.specifier}: the engine has no HTTP`];
    return [];
  }
  const target = relative(".", join(dirname(entry.file), entry.specifier));
  const targetFloor = target.split("/")[0] ?? "";
  if (targetFloor === "test") return [`${entry.file} imports ${target}: nothing imports test`];
  if (floors.indexOf(targetFloor) > floors.indexOf(floor))
    return [`${entry.file} imports ${target}: ${floor} must not import ${targetFloor}`];
  if (targetFloor !== floor || entry.typeOnly) return [];
  return withinFloor(entry.file, target, floor);
}

function withinFloor(file: string, target: string, floor: string): readonly string[] {
  const table = lines[floor];
  if (table === undefined) return [];
  const from = file.split("/")[1] ?? "";
  const to = target.split("/")[1] ?? "";
  if (from === to) return [];
  const fromLine = table.findIndex((line) => line.includes(from));
  const toLine = table.findIndex((line) => line.includes(to));
  if (fromLine < 0) return [`${file}: ${floor}/${from} has no line in the layer table`];
  const out = forbidden.some(([a, b]) => a === `${floor}/${from}` && b === `${floor}/${to}`);
  if (out || toLine >= fromLine) return [`${file} imports ${target}: ${floor}/${from} must not import ${floor}/${to}`];
  return [];
}

/** Value-import cycles, each as the files it goes through. */
export function cycles(sources: readonly Source[]): readonly string[] {
  const graph = new Map(sources.map((source) => [source.path, valueTargets(source)]));
  const state = new Map<string, "open" | "closed">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "closed") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    state.set(path, "open");
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, "closed");
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

function valueTargets(source: Source): readonly string[] {
  return importsOf(source)
    .filter((entry) => !entry.typeOnly && entry.specifier.startsWith("."))
    .map((entry) => relative(".", join(dirname(source.path), entry.specifier)));
}
