import { operand, pipeline, type Scope } from "./expression.ts";
import type { Kind } from "./function-table.ts";
import { tree, type Tree } from "./tree.ts";

const DEPTH = 3;
const RESULTS: readonly [Kind, ...Kind[]] = [
  "string",
  "string",
  "string",
  "any",
  "any",
  "int",
  "float",
  "bool",
  "list",
  "dict",
  "strings",
  "time",
];

/** A few statements with text between them. Every statement may be left out by a reduction. */
export function statements(scope: Scope, nesting: number, count: number): Tree {
  const parts: (string | Tree)[] = [];
  let inner = scope;
  for (let i = 0; i < count; i++) {
    const made = statement(inner, nesting);
    if (made.variable !== undefined) inner = { ...inner, variables: [...inner.variables, made.variable] };
    parts.push(tree([made.node, scope.random.pick(["\n", "\n", " ", "|", "\n  ", "\nk: "])], [""]));
  }
  return tree(parts);
}

interface Made {
  readonly node: Tree;
  readonly variable?: string;
}

function statement(scope: Scope, nesting: number): Made {
  const { random } = scope;
  const choice = nesting <= 0 ? random.below(12) : random.below(26);
  if (choice < 8) return { node: output(scope) };
  if (choice < 10) return declaration(scope);
  if (choice < 11) return { node: assignment(scope) };
  if (choice < 12) return { node: shown(scope) };
  if (choice < 15) return { node: branch(scope, nesting) };
  if (choice < 18) return { node: loop(scope, nesting) };
  if (choice < 20) return { node: block(scope, "with", operandOf(scope, "any"), nesting) };
  if (choice < 21)
    return {
      node: tree([
        open(scope),
        "template ",
        random.pick(['"c.a" ', '"c.b" ', '"c.args" ', '"c.none" ']),
        operandOf(scope, "any"),
        close(scope),
      ]),
    };
  if (choice < 22) return { node: tree(["{{/* note */}}"]) };
  if (choice < 23) return { node: named(scope, nesting) };
  if (choice < 24) return { node: withChain(scope, nesting) };
  if (choice < 25) return { node: counting(scope, nesting) };
  return { node: output(scope) };
}

const open = ({ random }: Scope): string => random.pick(["{{ ", "{{ ", "{{- ", "{{"]);
const close = ({ random }: Scope): string => random.pick([" }}", " }}", " -}}", "}}"]);

function operandOf(scope: Scope, kind: Kind): Tree {
  return scope.random.chance(0.5) ? pipeline(scope, kind, 2) : operand(scope, kind, 1);
}

function output(scope: Scope): Tree {
  const kind = scope.random.pick(RESULTS);
  return tree([open(scope), pipeline(scope, kind, DEPTH), close(scope)]);
}

/** A value with its type, as charts' authors look at it. */
function shown(scope: Scope): Tree {
  const value = operand(scope, scope.random.pick(RESULTS), 2);
  return tree([`{{ printf "${scope.random.pick(["%T %v", "%#v", "%q", "%+v", "%d", "%s"])}" `, value, " }}"]);
}

function declaration(scope: Scope): Made {
  const variable = scope.random.pick(["$x", "$y", "$z"]);
  const kind = scope.random.pick(RESULTS);
  return { node: tree(["{{- ", variable, " := ", pipeline(scope, kind, 2), " }}"]), variable };
}

function assignment(scope: Scope): Tree {
  const [first, ...rest] = scope.variables;
  if (first === undefined) return output(scope);
  return tree(["{{- ", scope.random.pick([first, ...rest]), " = ", pipeline(scope, "any", 2), " }}"]);
}

function branch(scope: Scope, nesting: number): Tree {
  const { random } = scope;
  const other = random.below(3);
  const parts: (string | Tree)[] = [
    "{{- if ",
    pipeline(scope, random.pick(["bool", "any"]), 2),
    close(scope),
    statements(scope, nesting - 1, 1),
  ];
  if (other === 1) parts.push("{{ else if ", pipeline(scope, "bool", 1), " }}", statements(scope, nesting - 1, 1));
  if (other >= 1) parts.push("{{- else -}}", statements(scope, nesting - 1, 1));
  parts.push("{{ end }}");
  return tree(parts, parts.filter((part) => typeof part !== "string").slice(1));
}

/** `block`, and now and then `define` or `break` where they may not stand: their errors are compared too. */
function named(scope: Scope, nesting: number): Tree {
  const { random } = scope;
  if (random.chance(0.1)) {
    const misplaced = random.pick([
      "{{ break }}",
      "{{ continue }}",
      '{{ define "in" }}x{{ end }}',
      "{{ else }}",
      "{{ end }}",
    ]);
    return tree([random.chance(0.5) ? tree(["{{ if true }}", misplaced, "{{ end }}"]) : misplaced]);
  }
  const inner = { random, variables: [] };
  const body = statements(inner, nesting - 1, 1);
  const name = random.pick(['"blk"', '"blk2"', '"c.a"']);
  return tree([open(scope), "block ", name, " ", operandOf(scope, "any"), " }}{{ . }}", body, "{{ end }}"]);
}

/** A condition that declares a variable, and `else with` behind it. */
function withChain(scope: Scope, nesting: number): Tree {
  const { random } = scope;
  const word = random.pick(["with", "with", "if"]);
  const inner = { ...scope, variables: [...scope.variables, "$w"] };
  const first = statements(inner, nesting - 1, 1);
  const second = statements(inner, nesting - 1, 1);
  return tree(
    [
      `{{- ${word} $w := `,
      operandOf(scope, "any"),
      " }}{{ $w }}",
      first,
      `{{- else ${random.chance(0.9) ? word : "with"} `,
      operandOf(scope, "any"),
      " -}}",
      second,
      random.chance(0.5) ? "{{ else }}{{ . }}" : "",
      "{{ end }}",
    ],
    [first],
  );
}

/** A loop over a number, a map or whatever comes, that assigns outer variables, leaves or goes on. */
function counting(scope: Scope, nesting: number): Tree {
  const { random } = scope;
  const over = random.pick([
    "3",
    "0",
    "-1",
    "(int64 2)",
    "2.0",
    '"abc"',
    "$.Values.i1 | int | min 3",
    "$.Values.e",
    "$.Values.d",
    '(dict "b" 1 "a" (list 1 2) "c" nil)',
    "$.Chart.Annotations",
    "$.Files",
    "nil",
    "(until 4)",
    "$.Capabilities.APIVersions | first",
  ]);
  const names = random.pick(["$k, $v := ", "$v := ", "$o, $v := ", "$n = ", ""]);
  const inner = { ...scope, variables: [...scope.variables, "$n", ...(names.includes("$v") ? ["$v"] : [])] };
  const leave = random.pick([
    "",
    "{{ if eq $n 2 }}{{ break }}{{ end }}",
    "{{ if not . }}{{ continue }}{{ end }}",
    "{{ with . }}{{ break }}{{ else }}{{ continue }}{{ end }}",
  ]);
  const body = statements(inner, nesting - 1, 1);
  return tree(
    [
      `{{- $n := 0 }}{{ range ${names}`,
      over,
      " }}{{ . }}",
      names === "$n = " ? "" : "{{ $n = add1 $n }}",
      leave,
      body,
      random.chance(0.4) ? "{{ else }}none" : "",
      "{{ end }}{{ $n }}",
    ],
    [body],
  );
}

function loop(scope: Scope, nesting: number): Tree {
  const { random } = scope;
  const over = pipeline(scope, random.pick(["list", "list", "dict", "any", "small"]), 1);
  if (random.chance(0.4)) return block(scope, "range", over, nesting);
  const names = random.pick(["$k, $v", "$v", "$i, $x"]);
  const inner = { ...scope, variables: [...scope.variables, ...names.split(", ")] };
  const leave = random.chance(0.15)
    ? tree([random.pick(["{{ if $v }}{{ break }}{{ end }}", "{{ continue }}", "{{ break }}"])], [""])
    : "";
  const body = statements(inner, nesting - 1, 1);
  const parts = [
    "{{- range ",
    names,
    " := ",
    over,
    " }}",
    "{{ ",
    random.pick(names.split(", ") as [string, ...string[]]),
    " }} ",
    leave,
    body,
    random.chance(0.3) ? "{{ else }}none" : "",
    "{{ end }}",
  ];
  return tree(parts, [body]);
}

function block(scope: Scope, word: string, head: Tree, nesting: number): Tree {
  const body = statements(scope, nesting - 1, 1);
  const dot = scope.random.pick(["{{ . }}", "{{ .a }}", "{{- toYaml . | nindent 2 }}", "{{ . | quote }}"]);
  return tree(
    [`{{- ${word} `, head, " }}", dot, body, scope.random.chance(0.3) ? "{{ else }}none" : "", "{{- end }}"],
    [body],
  );
}
