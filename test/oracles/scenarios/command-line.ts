import { mergeValueSources } from "../../../engine/chart/index.ts";
import { encodeGoJson } from "../../../engine/encoding/index.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import { fromUtf8 } from "../../../engine/go/utf8.ts";
import { install, rollback, uninstall, upgrade } from "../../support/operation.ts";

/** What helm's words ask of us, and which of its flags they use. */
export interface Asked {
  readonly request: ActionRequest;
  /** Flags as rows of the matrix, e.g. `--wait=watcher`. */
  readonly flags: readonly string[];
  /** What flags that give values said, by the names of {@link VALUE_LISTS}. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

type Over = Readonly<Record<string, unknown>>;

/** A flag of helm's. `takes`: nothing, a value (in the same word or the next one), or a value in the same word at most. */
interface Flag {
  readonly takes: "nothing" | "value" | "optional";
  readonly over: (value: string) => Over;
  /** Each of its values is a row of the matrix. */
  readonly closed?: true;
}

const on = (field: string): Flag => ({ takes: "nothing", over: () => ({ [field]: true }) });
const nothing: Flag = { takes: "nothing", over: () => ({}) };
const list = (field: string): Flag => ({ takes: "value", over: (value) => ({ [field]: value }) });
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const SERVER_SIDE: Readonly<Record<string, unknown>> = { true: true, false: false, auto: "auto" };

/** Helm's flags that an operation hears of. What finds a chart, names a release or prints one is not the operation's. */
const FLAGS: Readonly<Record<string, Flag>> = {
  "--cascade": { ...list("cascade"), closed: true },
  "--cleanup-on-fail": on("cleanupOnFail"),
  "--create-namespace": on("createNamespace"),
  "--description": list("description"),
  "--disable-openapi-validation": nothing,
  "--dry-run": { takes: "optional", closed: true, over: (value) => ({ dryRun: value === "" ? "client" : value }) },
  "--enable-dns": on("enableDns"),
  "--force-conflicts": on("forceConflicts"),
  "--force-replace": on("forceReplace"),
  "--history-max": { takes: "value", over: (value) => ({ maxHistory: Number(value) }) },
  "--ignore-not-found": on("ignoreNotFound"),
  "--install": { takes: "nothing", over: () => ({ install: true }) },
  "--keep-history": on("keepHistory"),
  "--labels": { takes: "value", over: (value) => ({ labels: labelsOf(value) }) },
  "--no-hooks": on("noHooks"),
  "--render-subchart-notes": on("subchartNotes"),
  "--replace": on("replace"),
  "--reset-then-reuse-values": { takes: "nothing", over: () => ({ reuse: "reset-then-reuse" }) },
  "--reset-values": { takes: "nothing", over: () => ({ reuse: "reset" }) },
  "--reuse-values": { takes: "nothing", over: () => ({ reuse: "reuse" }) },
  "--rollback-on-failure": on("rollbackOnFailure"),
  "--server-side": { takes: "value", closed: true, over: (value) => ({ serverSide: SERVER_SIDE[value] }) },
  "--set": list("set"),
  "--set-json": list("setJson"),
  "--set-literal": list("setLiteral"),
  "--set-string": list("setString"),
  "--set-file": list("setFile"),
  "--skip-crds": on("skipCrds"),
  "--skip-schema-validation": on("skipSchemaValidation"),
  "--take-ownership": on("takeOwnership"),
  "--timeout": { takes: "value", over: (value) => ({ timeout: millisecondsOf(value) }) },
  "--values": list("files"),
  "--wait": { takes: "optional", closed: true, over: (value) => ({ wait: value === "" ? "watcher" : value }) },
  "--wait-for-jobs": on("waitForJobs"),
};
const ALIASES: Readonly<Record<string, string>> = { "-f": "--values", "-i": "--install", "-l": "--labels" };
const VALUE_LISTS = ["set", "setJson", "setLiteral", "setString", "setFile", "files"];

/** Reads helm's words. `files`: what value files say, by the word that names them. */
export function readCommandLine(
  words: readonly string[],
  namespace: string,
  files: Readonly<Record<string, string>> = {},
): Asked {
  const [action = "", ...rest] = words;
  const plain: string[] = [];
  const flags: string[] = [];
  let over: Over = {};
  const values: Record<string, string[]> = Object.fromEntries(VALUE_LISTS.map((name) => [name, []]));
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (!word.startsWith("-")) {
      plain.push(word);
      continue;
    }
    const [, spelled = "", , given] = /^([^=]+)(=(.*))?$/su.exec(word) ?? [];
    const name = ALIASES[spelled] ?? spelled;
    const flag = FLAGS[name];
    if (flag === undefined) throw new Error(`no such flag of an operation: ${word}`);
    const value = given ?? (flag.takes === "value" ? (rest[++at] ?? "") : "");
    const said = flag.over(value);
    for (const [field, told] of Object.entries(said)) {
      if (values[field] === undefined) over = { ...over, [field]: told };
      else values[field].push(String(told));
    }
    flags.push(flag.closed === true ? `${name}=${Object.values(said).map(String).join("")}` : name);
  }
  return { request: requestOf(action, plain, { ...over, conflicts: "helm", namespace }, values, files), flags, values };
}

function requestOf(
  action: string,
  [name = "", second = ""]: readonly string[],
  over: Over,
  values: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string>>,
): ActionRequest {
  const chart = second.slice(1);
  switch (action) {
    case "install":
      return install(name, chart, { ...over, values: valuesOf(values, files) });
    case "upgrade":
      return upgrade(name, chart, { ...over, values: valuesOf(values, files) });
    case "rollback":
      return rollback(name, second === "" ? 0 : Number(second), over);
    case "uninstall":
      return uninstall(name, over);
    default:
      throw new Error(`no such command: ${action}`);
  }
}

function valuesOf(
  given: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string>>,
): ReturnType<typeof encodeGoJson> {
  const bytes = (name: string): Uint8Array => new TextEncoder().encode(files[name] ?? "");
  const merged = mergeValueSources(
    {
      files: (given["files"] ?? []).map((name) => ({ name, data: bytes(name) })),
      setJson: given["setJson"] ?? [],
      set: given["set"] ?? [],
      setString: given["setString"] ?? [],
      setFile: given["setFile"] ?? [],
      setLiteral: given["setLiteral"] ?? [],
    },
    (name) => fromUtf8(bytes(name)),
  );
  return encodeGoJson(merged);
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(",").map((pair) => pair.split("=", 2)));
}

function millisecondsOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)(ms|s|m)$/u.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

/** The rows of the matrix for a command. */
export function rowsOf(action: string): readonly string[] {
  return ROWS[action] ?? [];
}

const APPLYING = [
  "--description",
  "--force-conflicts",
  "--force-replace",
  "--no-hooks",
  "--timeout",
  "--wait=hookOnly",
  "--wait=watcher",
  "--wait=legacy",
  "--wait-for-jobs",
  "--server-side=true",
  "--server-side=false",
  "--dry-run=client",
  "--dry-run=server",
];
const RENDERING = [
  "--create-namespace",
  "--disable-openapi-validation",
  "--enable-dns",
  "--labels",
  "--render-subchart-notes",
  "--rollback-on-failure",
  "--set",
  "--set-file",
  "--set-json",
  "--set-literal",
  "--set-string",
  "--skip-crds",
  "--skip-schema-validation",
  "--take-ownership",
  "--values",
];
const REVISING = ["--server-side=auto", "--cleanup-on-fail", "--history-max"];
const ROWS: Readonly<Record<string, readonly string[]>> = {
  install: [...APPLYING, ...RENDERING, "--replace"],
  upgrade: [
    ...APPLYING,
    ...RENDERING,
    ...REVISING,
    "--install",
    "--reset-values",
    "--reuse-values",
    "--reset-then-reuse-values",
  ],
  rollback: [...APPLYING, ...REVISING],
  uninstall: [
    "--cascade=background",
    "--cascade=foreground",
    "--cascade=orphan",
    "--description",
    "--dry-run=client",
    "--ignore-not-found",
    "--keep-history",
    "--no-hooks",
    "--timeout",
    "--wait=hookOnly",
    "--wait=watcher",
    "--wait=legacy",
  ],
};
