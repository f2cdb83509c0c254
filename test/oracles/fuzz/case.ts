import { pipeline, type Scope } from "./expression.ts";
import { createRandom, type Random } from "./random.ts";
import { statements } from "./statement.ts";
import { printTree, tree, type Tree } from "./tree.ts";
import { values } from "./values.ts";

/** One case of the fuzz: a tree that prints to a section of the vectors' format. */
export interface FuzzCase {
  readonly name: string;
  readonly body: string | Tree;
}

/** The text of a case, heading and all. */
export function caseText({ name, body }: FuzzCase): string {
  return `### ${name}\n${printTree(body).replace(/\n?$/, "\n")}`;
}

/** Cases broken in their syntax: their parse errors are compared too. */
const BROKEN = 0.04;

/** The case of a number under a seed. */
export function fuzzCase(seed: number, index: number): FuzzCase {
  const random = createRandom(Math.imul(seed, 0x01000193) ^ Math.imul(index + 1, 0x9e3779b1));
  const scope: Scope = { random, variables: [] };
  const template = statements(scope, 2, 1 + random.below(3));
  const parts: (string | Tree)[] = [random.chance(BROKEN) ? broken(random, template) : template, "\n"];
  parts.push("@file templates/_h.tpl\n", helpers(random));
  if (random.chance(0.8)) parts.push(tree(["@file values.yaml\n", values(random, 0.7)], [""]));
  if (random.chance(0.3)) parts.push(tree(["@vals\n", values(random, 0.3)], [""]));
  const hasSubchart = random.chance(0.15);
  if (hasSubchart) parts.push(subchart(random));
  if (random.chance(hasSubchart ? 0.5 : 0.08)) parts.push(chartFile(random, hasSubchart));
  parts.push(tree(["@file files/a.txt\n", random.pick(["one\ntwo\n", "x: 1", "é\n\n", ""]), "\n"], [""]));
  return { name: `fuzz ${seed} ${index}`, body: tree(parts) };
}

function helpers(random: Random): Tree {
  const scope: Scope = { random, variables: [] };
  const define = (name: string, ...body: readonly (string | Tree)[]): Tree =>
    tree([`{{ define "${name}" }}`, ...body, "{{ end }}\n"], [""]);
  return tree([
    define("c.a", "A{{ .Values.s1 }}"),
    define("c.b", "{{- ", pipeline(scope, "any", 2), " -}}"),
    define("c.args", "{{ index . 0 }}:{{ index . 1 }}"),
    define("c.deep", '{{ include "c.b" . | nindent 2 }}'),
  ]);
}

/** A Chart.yaml with what templates and dependencies read of it. */
function chartFile(random: Random, hasSubchart: boolean): Tree {
  const lines = [
    random.pick(["appVersion: 1.10", 'appVersion: "2.0.0-rc.1"', "appVersion: v3", "description: é"]),
    random.pick([
      "keywords: [b, a]",
      "keywords: [1]",
      "maintainers: [{name: A, email: a@b}]",
      "annotations: {a: 1, b: x}",
    ]),
    random.pick([
      "annotations: {c.d/e: 'true'}",
      "type: application",
      "kubeVersion: '>=1.20-0'",
      "sources: [http://h]",
    ]),
    random.pick(["icon: http://h/i", "home: x", "deprecated: true", "kubeVersion: '<1.0'", "condition: x"]),
  ].map((line) => tree([line, "\n"], [""]));
  const dependency = [
    random.pick(["  alias: al\n", "", ""]),
    random.pick(["  condition: d.g\n", "  condition: sub.enabled,b1\n", "  condition: s1\n", "  tags: [t]\n", ""]),
    random.pick(["  import-values: [data]\n", "  import-values: [{child: d, parent: imported}]\n", ""]),
  ].map((line) => tree([line], [""]));
  const version = random.pick(["0.2.0", "^0.2", ">1", "0.2.x"]);
  return tree(
    [
      "@file Chart.yaml\napiVersion: v2\nname: c\nversion: 0.1.0\n",
      ...lines,
      ...(hasSubchart ? [`dependencies:\n- name: sub\n  version: "${version}"\n`, ...dependency] : []),
    ],
    [""],
  );
}

function subchart(random: Random): Tree {
  return tree(
    [
      "@file charts/sub/Chart.yaml\napiVersion: v2\nname: sub\nversion: 0.2.0\n",
      tree(["@file charts/sub/values.yaml\n", values(random, 0.5)], [""]),
      "@file charts/sub/templates/u.txt\n",
      '{{ define "sub.a" }}S{{ .Values.s1 }}{{ end }}',
      tree(["{{ toJson .Values }}"], [""]),
      statements({ random, variables: [] }, 1, 1),
      "\n",
    ],
    [""],
  );
}

const SPLICES = [
  "",
  "}}",
  "{{",
  "(",
  ")",
  '"',
  "|",
  "$",
  ".",
  " ",
  "{{ end }}",
  "{{ else }}",
  ",",
  ":=",
  "\\",
  "`",
  "'",
  "%",
  "0x",
  "é",
  "/*",
] as const;

/** One place of the text, with something put in or left out. */
function broken(random: Random, node: Tree): string {
  const text = printTree(node);
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick([...SPLICES]) + text.slice(at + random.below(3));
}
