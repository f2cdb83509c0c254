import { FUNCTIONS, type Kind, type Signature } from "./function-table.ts";
import { LITERALS } from "./literal-table.ts";
import { METHODS } from "./method-table.ts";
import type { Random } from "./random.ts";
import { tree, type Tree } from "./tree.ts";

/** Where an expression stands: the variables that it may name and whether `$` is the chart's dot. */
export interface Scope {
  readonly random: Random;
  readonly variables: readonly string[];
}

/** Arguments of a wrong type, now and then: their errors are compared too. */
const WRONG_KIND = 0.05;
const LEAF = 0.4;
const VARIABLE = 0.25;
const PATH = 0.45;
/** Of what may be anything. */
const METHOD = 0.08;
const FIXED = 0.015;

const PATHS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  string: [
    ".Values.s1",
    ".Values.s2",
    ".Values.d.s",
    ".Values.odd",
    ".Release.Name",
    ".Chart.Name",
    ".Chart.Version",
    ".Chart.AppVersion",
    ".Template.Name",
    ".Release.Service",
    ".Template.BasePath",
  ],
  int: [".Values.i1", ".Values.i2", ".Values.d.i", ".Release.Revision"],
  float: [".Values.f1", ".Values.f2"],
  bool: [".Values.b1", ".Values.b2", ".Release.IsInstall"],
  list: [".Values.l1", ".Values.l2", ".Values.d.l"],
  strings: [".Values.l2"],
  dict: [
    ".Values",
    ".Values.d",
    ".Values.e",
    ".Values.sub",
    ".Values.global",
    ".Chart.Annotations",
    ".Subcharts",
    ".Subcharts.sub",
    ".Subcharts.sub.Values",
    ".Values.d.m",
    ".Template",
  ],
  version: [
    ".Capabilities.KubeVersion.Version",
    ".Capabilities.KubeVersion.GitVersion",
    ".Chart.Version",
    ".Chart.AppVersion",
  ],
  any: [
    ".Values.odd",
    ".Values.odd2",
    ".Values.n",
    ".Values.missing",
    ".Values.missing.x",
    ".Values.s1.x",
    ".Values.l1.x",
    ".Release",
    ".Values.d.m.k",
    ".Values.sub.s1",
    ".Values.global.g",
    ".",
    ".Chart.Missing",
    ".Values.e.x",
    ".Capabilities.KubeVersion",
    ".Capabilities",
    ".Capabilities.HelmVersion",
    ".Capabilities.HelmVersion.Version",
    ".Chart",
    ".Chart.Dependencies",
    ".Chart.Type",
    ".Chart.Metadata",
    ".Subcharts.sub.Chart.Name",
    ".Values.al",
    ".Values.imported",
    ".Chart.Keywords",
    ".Chart.Maintainers",
    ".Values.l1",
    ".Values.f1",
    ".Values.i1",
    ".Values.b1",
    ".Values.s1",
    ".Chart.IsRoot",
    ".Capabilities.APIVersions",
    '.Capabilities.APIVersions.Has "v1"',
    '.Files.Get "files/a.txt"',
    '.Files.Lines "files/a.txt"',
    '(.Files.Glob "files/*").AsConfig',
    '(.Files.Glob "**.txt").AsSecrets',
    ".Files",
  ],
};

const TEMPLATES = [
  '"{{ .Values.s1 }}"',
  '"{{ . }}"',
  '"{{ include \\"c.a\\" . }}"',
  '"{{ .x.y }}"',
  '"{{"',
  '"{{ $x := 1 }}{{ $x }}"',
  '"{{ define \\"z\\" }}Z{{ end }}{{ template \\"z\\" }}"',
  ".Values.tpl",
  '"{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}"',
  '"{{ with $ }}{{ . | toJson }}{{ end }}"',
  '"{{ tpl .Values.tpl $ }}"',
  '"{{ template \\"c.a\\" . }}{{ .Template.Name }}"',
  '"{{ if }}"',
  '"{{- /* c */ -}} x {{- 1 }}"',
  '"{{ fail `no` }}"',
  '"x"',
  '"{{ nope }}"',
] as const;
const NAMES = ['"c.a"', '"c.b"', '"c.args"', '"sub.a"', '"c.a"', '"c.none"', '"c.deep"'] as const;
const KINDS: readonly [Kind, ...Kind[]] = [
  "string",
  "int",
  "float",
  "bool",
  "list",
  "dict",
  "any",
  "time",
  "json",
  "yaml",
  "version",
  "strings",
];

const byKind = new Map<Kind, readonly [string, Signature][]>();

/** A pipeline without parentheses: a call, or an operand. */
export function pipeline(scope: Scope, kind: Kind, depth: number): Tree {
  const { random } = scope;
  const wanted = random.chance(WRONG_KIND) ? random.pick(KINDS) : kind;
  if (depth > 0 && wanted === "any" && random.chance(METHOD)) return method(scope, depth - 1);
  if (random.chance(FIXED)) return tree([literal(random, "fixed")], ['""']);
  if (depth <= 0 || random.chance(LEAF)) return leaf(scope, wanted);
  const chosen = functionOf(random, wanted);
  if (chosen === undefined) return leaf(scope, wanted);
  const [name, signature] = chosen;
  const arguments_ = argumentsOf(scope, signature, depth - 1);
  const last = arguments_.at(-1);
  const first = arguments_.slice(0, -1).flatMap((argument) => [" ", argument]);
  if (last === undefined) return tree([name]);
  if (random.chance(0.35)) return tree([last, " | ", name, ...first], arguments_);
  return tree([name, ...first, " ", last], arguments_);
}

/** A method of an object or of what an expression gives. */
function method(scope: Scope, depth: number): Tree {
  const chosen = METHODS[scope.random.below(METHODS.length)];
  if (chosen === undefined) return leaf(scope, "any");
  const { receiver, name, wants } = chosen;
  const arguments_ = wants.flatMap((kind) => [" ", operand(scope, kind, depth)]);
  const source =
    typeof receiver === "string" ? `$${receiver}` : tree(["(", pipeline(scope, receiver.kind, depth), ")"]);
  return tree([source, ".", name, ...arguments_], ['""']);
}

/** Something that may stand as an argument. */
export function operand(scope: Scope, kind: Kind, depth: number): Tree {
  const inner = pipeline(scope, kind, depth);
  const isSimple = inner.parts.length === 1 && !String(inner.parts[0]).includes(" ");
  return isSimple || isLiteral(inner) ? inner : tree(["(", inner, ")"], inner.smaller);
}

function isLiteral(node: Tree): boolean {
  return (
    node.parts.length === 1 &&
    typeof node.parts[0] === "string" &&
    /^["`(]/.test(node.parts[0]) &&
    !node.parts[0].endsWith("AsConfig") &&
    !node.parts[0].endsWith("AsSecrets")
  );
}

function argumentsOf(scope: Scope, signature: Signature, depth: number): readonly Tree[] {
  const { random } = scope;
  const out: Tree[] = [];
  for (const want of signature.wants) {
    if (want.startsWith("...")) {
      const rest = kindOf(want.slice(3));
      for (let count = random.below(4); count > 0; count--) out.push(operand(scope, rest, depth));
    } else out.push(operand(scope, kindOf(want), depth));
  }
  if (random.chance(0.01)) out.pop();
  if (random.chance(0.005)) out.push(operand(scope, "any", 0));
  return out;
}

function leaf(scope: Scope, kind: Kind): Tree {
  const { random, variables } = scope;
  const [first, ...rest] = variables;
  if (first !== undefined && random.chance(VARIABLE)) return tree([random.pick([first, ...rest])], ['""', "1"]);
  const paths = PATHS[kind];
  if (paths !== undefined && random.chance(PATH)) {
    const path = random.pick(paths);
    const isRooted = path.startsWith(".") && path !== "." && random.chance(0.75);
    return tree([isRooted ? `$${path}` : path], ['""', "1"]);
  }
  return tree([literal(random, kind)], ['""', "1"]);
}

function literal(random: Random, kind: Kind): string {
  if (kind in LITERALS) {
    const literals: readonly [string, ...string[]] = LITERALS[kind as keyof typeof LITERALS];
    return random.pick(literals);
  }
  switch (kind) {
    case "name":
      return random.pick([...NAMES]);
    case "template":
      return random.pick([...TEMPLATES]);
    case "list":
      return random.pick([
        "list",
        '(list 1 "a" nil 2.5 true)',
        '(list "b" "a" "b")',
        '(fromYamlArray "- 1\\n- [a, ~]\\n- {k: v}")',
        "(list 3 1 2)",
        "(until 3)",
      ]);
    case "strings":
      return random.pick(['(list "b" "a" "")', '(splitList "," "x,y,,z")', '(regexSplit "b" "abcb" -1)']);
    case "dict":
      return random.pick([
        "dict",
        '(dict "a" 1 "b" (dict "c" nil))',
        '(dict "x" 1.5 "a" (list 1 2))',
        '(fromYaml "a: 1\\nb: {c: [1, x]}\\ns: t\\nl: ~")',
        '(fromJson "{\\"a\\":{\\"b\\":1}}")',
        '(dict "" "e" "é" true)',
      ]);
    case "time":
      return random.pick([
        '(toDate "2006-01-02" "2024-02-29")',
        '(toDate "2006-01-02T15:04:05Z07:00" "2021-06-30T23:59:59+05:30")',
        "1700000000",
        "0",
        '(toDate "x" "y")',
      ]);
    default:
      return random.pick([
        "nil",
        '""',
        "0",
        "1",
        '"a"',
        "1.5",
        "true",
        "false",
        "list",
        "dict",
        "(list 1 nil)",
        '(dict "a" nil)',
        "-1",
        '"1"',
        "(int64 3)",
        '(fromYaml "a: 1").a',
        '(semver "1.2.3-a+b")',
        "1i",
        "'x'",
      ]);
  }
}

function kindOf(text: string): Kind {
  return text as Kind;
}

function functionOf(random: Random, kind: Kind): readonly [string, Signature] | undefined {
  let candidates = byKind.get(kind);
  if (candidates === undefined) {
    candidates = FUNCTIONS.filter(
      ([, signature]) =>
        kind === "any" || signature.gives === kind || (kind === "list" && signature.gives === "strings"),
    ).flatMap(([name, signature]) =>
      Array.from({ length: signature.weight }, (): [string, Signature] => [name, signature]),
    );
    byKind.set(kind, candidates);
  }
  return candidates[random.below(Math.max(1, candidates.length))];
}
