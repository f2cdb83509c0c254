import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A chart that is odd in some way, and the commands that are tried on it in the folder above `c`. */
export interface ToolCase {
  readonly name: string;
  /** Texts by path; a path that ends in `/` is an empty folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly runs: readonly (readonly string[])[];
}

/** Writes the files of a case below a folder. */
export function writeCase(folder: string, files: ToolCase["files"]): void {
  for (const [path, text] of Object.entries(files)) {
    const place = join(folder, path);
    mkdirSync(path.endsWith("/") ? place : dirname(place), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(place, text);
  }
}

const MANIFEST = "apiVersion: v2\nname: c\nversion: 0.1.0\nicon: https://x.io/i.png\n";
const LINT = ["lint", "c"];
const plain = (files: ToolCase["files"]): ToolCase["files"] => ({
  "c/Chart.yaml": MANIFEST,
  "c/values.yaml": "a: 1\n",
  "c/templates/": "",
  ...files,
});
const template = (text: string): ToolCase["files"] => plain({ "c/templates/a.yaml": text });
const manifest = (text: string): ToolCase["files"] => ({
  "c/Chart.yaml": text,
  "c/values.yaml": "",
  "c/templates/": "",
});
const named = (kind: string, name: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;

/** Odd charts, the more telling the better. Answers are recorded from the real binary (`test/data/tool-answers.json`). */
export const toolCases: readonly ToolCase[] = [
  {
    name: "a Chart.yaml with nothing right",
    files: manifest(
      "apiVersion: v3x\nname: a/b\nversion: 1.x\nappVersion: 1.2\nfoo: 1\nmaintainers: [{email: a}]\nsources: [foo]\nicon: foo\ntype: application\n",
    ),
    runs: [LINT, ["lint", "--quiet", "c"], ["show", "chart", "c"], ["package", "c"]],
  },
  {
    name: "a Chart.yaml with little in it",
    files: { "c/Chart.yaml": "name: c\nversion: 1.2\n" },
    runs: [
      LINT,
      ["lint", "--strict", "c"],
      ["lint", "--quiet", "c"],
      ["show", "all", "c"],
      ["dependency", "list", "c"],
    ],
  },
  { name: "an empty Chart.yaml", files: manifest(""), runs: [LINT, ["show", "chart", "c"], ["package", "c"]] },
  {
    name: "a Chart.yaml that is no YAML",
    files: manifest("a: [\n"),
    runs: [LINT, ["show", "chart", "c"], ["package", "c"]],
  },
  { name: "a Chart.yaml that is a list", files: manifest("- a\n"), runs: [LINT, ["package", "c"]] },
  {
    name: "no chart",
    files: { "c/x": "" },
    runs: [LINT, ["show", "chart", "c"], ["package", "c"], ["dependency", "list", "c"]],
  },
  { name: "keys set twice", files: manifest(`${MANIFEST}name: d\n`), runs: [LINT, ["show", "chart", "c"]] },
  {
    name: "versions of all kinds",
    files: manifest(MANIFEST.replace("0.1.0", "0.0.0-0")),
    runs: [LINT, ["package", "c"], ["package", "c", "--version", "x"], ["package", "c", "--version", "1"]],
  },
  { name: "a version with a v", files: manifest(MANIFEST.replace("0.1.0", "v1.2.3")), runs: [LINT, ["package", "c"]] },
  {
    name: "a version that is a number",
    files: manifest(MANIFEST.replace("0.1.0", "10")),
    runs: [LINT, ["show", "chart", "c"]],
  },
  { name: "a version that is null", files: manifest(MANIFEST.replace("0.1.0", "~")), runs: [LINT] },
  {
    name: "maintainers one by one",
    files: manifest(`${MANIFEST}maintainers: [{name: a, email: a@b.c, url: example.com}, {name: b, email: bad}]\n`),
    runs: [LINT],
  },
  {
    name: "a maintainer with a bad URL",
    files: manifest(`${MANIFEST}maintainers: [{name: a, url: foo bar}]\n`),
    runs: [LINT],
  },
  { name: "a maintainer without a name", files: manifest(`${MANIFEST}maintainers: [{}]\n`), runs: [LINT] },
  {
    name: "a maintainer that is null",
    files: manifest(`${MANIFEST}maintainers: [~]\n`),
    runs: [LINT, ["show", "chart", "c"]],
  },
  ...["a@localhost", "x@y.io", '"a b"@c.de', "a.@b.cd", "ä@ö.de", "a@b.c1"].map((email) => ({
    name: `the address ${email}`,
    files: manifest(`${MANIFEST}maintainers: [{name: a, email: '${email}'}]\n`),
    runs: [LINT],
  })),
  ...[
    "http://a",
    "a.b",
    "abc",
    "localhost:80",
    "http://[::1]/",
    "ftp://x.y/z",
    "mailto:a@b.cd",
    "http://a b.c",
    ".x.de",
    "x..y",
    "http://1.2.3.4:99999/a?b#c",
  ].map((url) => ({
    name: `the URL ${url}`,
    files: manifest(`${MANIFEST}maintainers: [{name: a, url: '${url}'}]\nsources: ['${url}']\n`),
    runs: [LINT],
  })),
  {
    name: "apiVersion v1 with what it has not",
    files: manifest(
      "apiVersion: v1\nname: c\nversion: 1.0.0\ntype: application\ndependencies: [{name: x}, {name: x}]\n",
    ),
    runs: [LINT, ["package", "c"]],
  },
  {
    name: "apiVersion v1 with requirements",
    files: {
      ...manifest("apiVersion: v1\nname: c\nversion: 1.0.0\n"),
      "c/requirements.yaml": "dependencies: [{name: s, version: '*'}]\n",
    },
    runs: [LINT, ["dependency", "list", "c"], ["show", "chart", "c"], ["package", "c"], ["dependency", "build", "c"]],
  },
  {
    name: "requirements in a v2 chart",
    files: plain({ "c/requirements.yaml": "dependencies: []\n" }),
    runs: [LINT, ["show", "chart", "c"], ["dependency", "list", "c"]],
  },
  {
    name: "apiVersion v3",
    files: manifest(MANIFEST.replace("v2", "v3")),
    runs: [LINT, ["show", "chart", "c"], ["package", "c"]],
  },
  { name: "templates that are a file", files: { "c/Chart.yaml": MANIFEST, "c/templates": "x" }, runs: [LINT] },
  {
    name: "values that do not parse",
    files: plain({ "c/values.yaml": "a: [\n" }),
    runs: [LINT, ["show", "values", "c"]],
  },
  { name: "values that are a list", files: plain({ "c/values.yaml": "- a\n" }), runs: [LINT] },
  {
    name: "values in two documents",
    files: plain({ "c/values.yaml": "a: 1\n---\nb: 2\n" }),
    runs: [LINT, ["show", "values", "c"], ["show", "all", "c"]],
  },
  {
    name: "a schema that values breach",
    files: plain({
      "c/values.schema.json": '{"required":["zz"],"properties":{"a":{"type":"string"}}}',
    }),
    runs: [LINT, ["lint", "c", "--set", "a=x"], ["lint", "c", "--skip-schema-validation"], ["package", "c"]],
  },
  {
    name: "a schema that is cut off",
    files: plain({ "c/values.schema.json": '{"a":' }),
    runs: [LINT, ["package", "c"]],
  },
  {
    name: "a null that takes a default away",
    files: template("a: {{ .Values.a | quote }}\nmetadata: {name: a}\n"),
    runs: [["lint", "c", "--set", "a=null"]],
  },
  {
    name: "required and fail",
    files: template('{{ fail "boom" }}{{ required "need foo" .Values.foo }}\nmetadata: {name: a}\n'),
    runs: [LINT, ["lint", "c", "--quiet"]],
  },
  { name: "a template that does not parse", files: template("{{ foo }}\n"), runs: [LINT] },
  { name: "a template that fails", files: template("{{ .Values.x.y }}\n"), runs: [LINT] },
  { name: "text that is no YAML", files: template("a: [\n"), runs: [LINT] },
  { name: "a document that is a list", files: template("- a\n"), runs: [LINT] },
  { name: "JSON", files: template('{"kind":"Pod","metadata":{"name":"A"}}'), runs: [LINT] },
  {
    name: "JSON twice",
    files: template('{"kind":"Pod","metadata":{"name":"A"}}\n{"kind":"Pod","metadata":{"name":"B"}}\n'),
    runs: [LINT],
  },
  {
    name: "JSON, then YAML",
    files: template('{"kind":"Pod","metadata":{"name":"A"}}\n---\nkind: Pod\nmetadata: {name: B}\n'),
    runs: [LINT],
  },
  { name: "broken JSON", files: template('{"kind":"Pod",,}'), runs: [LINT] },
  { name: "JSON that ends early", files: template('{"kind":"Pod"'), runs: [LINT] },
  { name: "a flow mapping", files: template("{kind: Pod, metadata: {name: A}}\n"), runs: [LINT] },
  { name: "a bad separator", files: template("kind: Pod\nmetadata: {name: a}\n--- x\nkind: Pod\n"), runs: [LINT] },
  { name: "comments and nothing", files: template("# a\n---\n# b\n"), runs: [LINT] },
  {
    name: "an indent at the top",
    files: template("  kind: Pod\n  metadata: {name: a}\n"),
    runs: [LINT, ["lint", "c", "--strict"]],
  },
  { name: "a tab at the top", files: template("\tkind: Pod\n"), runs: [LINT] },
  ...["Bad_Name", "a.b", "1a", "a/b", "..", "x%y", "''", "a".repeat(64), `${"a".repeat(254)}_`].flatMap((name) => ({
    name: `the name ${name.slice(0, 12)} of ${name.length}`,
    files: template(
      ["Pod", "Service", "Namespace", "Role", "CertificateSigningRequest"]
        .map((kind) => named(kind, name))
        .join("---\n"),
    ),
    runs: [LINT],
  })),
  {
    name: "kinds that go",
    files: template(
      [
        "extensions/v1beta1 Deployment",
        "batch/v1beta1 CronJob",
        "v1 Endpoints",
        "policy/v1beta1 PodSecurityPolicy",
        "apps/v1 Deployment",
      ]
        .map((object) => object.split(" "))
        .map(([api, kind]) => `apiVersion: ${api}\nkind: ${kind}\nmetadata: {name: a}\n`)
        .join("---\n"),
    ),
    runs: [
      LINT,
      ["lint", "c", "--kube-version", "1.20"],
      ["lint", "c", "--kube-version", "1.7.3"],
      ["lint", "c", "--kube-version", "x"],
    ],
  },
  {
    name: "a list with a policy",
    files: template(
      "apiVersion: v1\nkind: List\nmetadata: {name: l}\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n",
    ),
    runs: [LINT],
  },
  {
    name: "file names",
    files: plain({
      "c/templates/a.conf": "x",
      "c/templates/b.YAML": named("Pod", "a"),
      "c/templates/c.txt": "x",
      "c/templates/d.tpl": "x",
      "c/templates/e": "x",
      "c/templates/NOTES.txt": "hi",
      "c/templates/_f.yaml": "a: [",
      "c/templates/deep/g.yml": named("Pod", "A"),
    }),
    runs: [LINT, ["package", "c"]],
  },
  {
    name: "dependencies that are not there, and others that are",
    files: plain({
      "c/Chart.yaml": `${MANIFEST}dependencies: [{name: s2, version: 1.x, repository: ''}]\n`,
      "c/charts/s1/Chart.yaml": "apiVersion: v2\nname: s1\nversion: 1.0.0\n",
    }),
    runs: [
      ["lint", "c", "--with-subcharts"],
      ["dependency", "list", "c"],
      ["dependency", "ls", "c", "--max-col-width", "5"],
      ["package", "c"],
      ["dependency", "update", "c"],
    ],
  },
  {
    name: "dependencies in every state",
    files: plain({
      "c/Chart.yaml": `${MANIFEST}dependencies:\n- {name: ok, version: 1.x}\n- {name: old, version: 2.x}\n- {name: odd, version: no such}\n- {name: '[', version: 1.x}\n- {name: gone, version: 1.x, repository: 'https://a.b/c'}\n`,
      "c/charts/ok/Chart.yaml": "apiVersion: v2\nname: ok\nversion: 1.0.0\n",
      "c/charts/old/Chart.yaml": "apiVersion: v2\nname: old\nversion: 1.0.0\n",
      "c/charts/odd/Chart.yaml": "apiVersion: v2\nname: odd\nversion: 1.0.0\n",
      "c/charts/more/Chart.yaml": "apiVersion: v2\nname: more\nversion: 1.0.0\n",
      "c/charts/junk/x": "",
    }),
    runs: [
      ["dependency", "list", "c"],
      ["dependency", "list", "c/charts/ok"],
      ["dependency", "list", "nope"],
    ],
  },
  {
    name: "archives that are none",
    files: plain({
      "c/Chart.yaml": `${MANIFEST}dependencies:\n- {name: a, version: 1.x}\n- {name: b, version: 1.x}\n`,
      "c/charts/README": "",
      "a.tgz": "junk",
    }),
    runs: [
      ["dependency", "list", "c"],
      ["lint", "a.tgz"],
      ["show", "chart", "a.tgz"],
      ["package", "a.tgz"],
      ["lint", "none.tgz"],
    ],
  },
  {
    name: "CRDs",
    files: plain({
      "c/crds/a.yaml": named("ConfigMap", "a"),
      "c/crds/b.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
      "c/crds/c.yaml": "{{ if .Values.a }}\n",
      "c/crds/d.yaml": "---\nkind: x\n",
      "c/README.md": "# c\n",
      "c/readme.txt": "no\n",
    }),
    runs: [LINT, ["show", "crds", "c"], ["show", "readme", "c"], ["show", "all", "c"], ["package", "c"]],
  },
  { name: "crds that are a file", files: plain({ "c/crds": "x" }), runs: [LINT] },
  {
    name: "everything that a package keeps and loses",
    files: plain({
      "c/Chart.yaml": `# gone\n${MANIFEST}description: "a: b\\n  c"\nkeywords: [x, "1"]\nannotations: {b: "2", a: "1"}\ndeprecated: true\nunknown: 1\nkubeVersion: ">=1.20"\n`,
      "c/Chart.lock": 'dependencies: []\ndigest: sha256:0\ngenerated: "2024-01-01T10:20:30.500000000+02:00"\n',
      "c/.helmignore": "*.bak\n!x\n",
      "c/a.bak": "gone",
      "c/x": "x",
      "c/ä/ö.txt": "umlauts",
      [`c/${"long/".repeat(40)}name.txt`]: "long",
    }),
    runs: [
      ["package", "c"],
      ["package", "c", "--version", "2.0.0+build.1", "--app-version", "7", "-d", "out/deep"],
      ["show", "all", "c"],
    ],
  },
  {
    name: "a bad lock",
    files: plain({ "c/Chart.lock": 'generated: "yesterday"\n' }),
    runs: [
      ["show", "chart", "c"],
      ["package", "c"],
    ],
  },
  {
    name: "JSONPath on values",
    files: plain({
      "c/values.yaml":
        "a: {b: {c: 1.5, d: text, e: ~, f: true}}\nl: [{n: x, p: 80, q: [1]}, {n: y, p: 443}, {n: z}]\nm: {only: {deep: 1}}\nbig: 1000000\n'x.y': dot\nnums: [1, 2, 3, 4, 5]\n",
    }),
    runs: [
      "{.a.b.c}",
      "{.a.b}",
      "{.a.b.e}",
      "{.a.b.f} {.big}",
      "plain",
      "x{.a.b.d}y{'\\t'}z",
      "{.none}",
      "{.a.none}",
      "{$.a.b.d}",
      "{@.a.b.d}",
      "{.l[0].n}",
      "{.l[-1].n}",
      "{.l[1:].n}",
      "{.l[0:2].n}",
      "{.l[*].n}",
      "{.l[0,2].n}",
      "{.l[9].n}",
      "{.l[2:1].n}",
      "{.nums[0:5:2]}",
      "{.nums[::0]}",
      "{.nums[:-1]}",
      "{.nums[-2:]}",
      "{.l[?(@.n=='y')].p}",
      '{.l[?(@.n=="y")].p}',
      "{.l[?(@.p==443)].n}",
      "{.l[?(@.p==443.0)].n}",
      "{.l[?(@.p>100.5)].n}",
      "{.l[?(@.n!='x')].n}",
      "{.l[?(@.n>='y')].n}",
      "{.l[?(@.q)].n}",
      "{.l[?(@.none)].n}",
      "{range .l[*]}{.n}={.n}{'\\n'}{end}",
      "{range .l[*]}{.n}",
      "{range .none[*]}x{end}",
      "{range .nums[0:2]}[{@}]{end}tail",
      "{end}",
      "{..deep}",
      "{.m.*}",
      "{.m..only}",
      "{['a']['b']['d']}",
      "{.x\\.y}",
      "{['x.y']}",
      "{.a.b['c','d']}",
      "{1}{-2}{1.5}{true}",
      "{",
      "{.a",
      "{.l[}",
      "{.l[x]}",
      "{.l[?(@.n]}",
      "{%}",
      "{'a}",
      "{foo}",
      "{....a}",
      "{.l[?(@.n=='a']}",
      "",
    ].map((expression) => ["show", "values", "c", "--jsonpath", expression]),
  },
  {
    name: "usage",
    files: plain({}),
    runs: [
      ["lint"],
      ["package"],
      ["show", "chart"],
      ["show", "chart", "c", "c"],
      ["show", "chart", "nope"],
      ["show", "chart", "./nope"],
      ["dependency", "list", "a", "b"],
      ["verify"],
      ["create"],
      ["pull"],
      ["push", "c"],
      ["lint", "--nope", "c"],
      ["package", "nope"],
      ["package", "c", "--sign"],
      ["verify", "c"],
      ["verify", "c/Chart.yaml"],
      ["lint", "nope"],
      ["lint", "c", "nope", "--quiet"],
      ["push", "c/Chart.yaml", "oci://127.0.0.1:1/x"],
      ["push", "c", "x"],
      ["pull", "x"],
      ["pull", "x/y"],
      ["create", "a b"],
      ["create", "c/x/y"],
    ],
  },
];
