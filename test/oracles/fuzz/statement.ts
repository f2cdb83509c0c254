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
  const choice = nesting <= 0 ? random.below(12) : random.below(24);
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
