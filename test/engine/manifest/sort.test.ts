import { expect, test } from "vitest";
import {
  decodeHead,
  INSTALL_ORDER,
  sortByKind,
  sortManifests,
  splitManifests,
  UNINSTALL_ORDER,
} from "../../../engine/manifest/index.ts";

/** Texts of one file and the documents that Helm makes of them. */
const SPLITS: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["  \n\n", []],
  ["kind: A\n", ["kind: A\n"]],
  ["\n\n  kind: A\n---\nkind: B\n", ["kind: A\n", "kind: B\n"]],
  ["---\nkind: A\n---\n---\n", ["kind: A\n"]],
  ["kind: A\n---kind: B\n", ["kind: A\n", "kind: B\n"]],
  ["kind: A\n--- # foo\nkind: B\n---   \nkind: C", ["kind: A\n", "# foo\nkind: B\n", "kind: C"]],
  ["----\nkind: A\n", ["-\nkind: A\n"]],
  ['a: "x\n---\n y"\n', ['a: "x\n', 'y"\n']],
  ["a: ---\nb: c\n ---\n", ["a: ---\nb: c\n ---\n"]],
  ["a\r\n---\r\nb\r\n", ["a\r\n", "b\r\n"]],
];

test.each(SPLITS)("%j is split into %j", (text, documents) => {
  expect(splitManifests(text)).toEqual(documents);
});

test("Service is deleted right after IngressClass, all else in reverse of the install order", () => {
  expect(UNINSTALL_ORDER.slice(3, 7)).toEqual(["Ingress", "IngressClass", "Service", "CronJob"]);
  expect(UNINSTALL_ORDER.toSorted()).toEqual(INSTALL_ORDER.toSorted());
  expect(UNINSTALL_ORDER.filter((kind) => kind !== "Service").toReversed()).toEqual(
    INSTALL_ORDER.filter((kind) => kind !== "Service"),
  );
});

test("unknown kinds come last by name, equal kinds keep their order", () => {
  const items = ["Zed", "Pod", "", "Abc", "Namespace", "Pod", "Abc"].map((kind, at) => ({ kind, at }));
  expect(sortByKind(items, INSTALL_ORDER).map(({ kind, at }) => `${kind}${at}`)).toEqual([
    "Namespace4",
    "Pod1",
    "Pod5",
    "2",
    "Abc3",
    "Abc6",
    "Zed0",
  ]);
});

test("the head takes scalars for strings and keys in any case", () => {
  const head = decodeHead(
    "Kind: 5\nAPIVERSION: v1\nmetadata: {name: 1.10, annotations: {a: 1, b: true, c: null}}\n",
    "p",
  );
  expect({ ...head, annotations: [...head.annotations] }).toEqual({
    kind: "5",
    apiVersion: "v1",
    name: "1.1",
    annotations: [
      ["a", "1"],
      ["b", "true"],
      ["c", ""],
    ],
  });
});

/** Texts of the official binary, which is built with Go 1.27. */
const PROBLEMS: readonly (readonly [string, string])[] = [
  ["a: [\n", "error converting YAML to JSON: yaml: line 1: did not find expected node content"],
  [
    "- a\n",
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type util.SimpleHead",
  ],
  [
    "foo\n",
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type util.SimpleHead",
  ],
  [
    "kind: [a]\n",
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field .kind of type string",
  ],
  [
    "metadata: {annotations: {a: {b: 1}}}\n",
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field .metadata.annotations.a of type string",
  ],
  [
    "metadata: x\n",
    'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field .metadata of type struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
  ],
];

test.each(PROBLEMS)("%j is refused with Helm's text", (text, reason) => {
  expect(() => sortManifests(new Map([["c/templates/a.yaml", text]]))).toThrow(
    `YAML parse error on c/templates/a.yaml: ${reason}`,
  );
});

test("hooks are told from manifests; one unknown event drops the document", () => {
  const hook = (events: string, more = ""): string =>
    `kind: Job\nmetadata:\n  name: j\n  annotations: {helm.sh/hook: "${events}"${more}}\n`;
  const dropped: string[] = [];
  const { hooks, manifests } = sortManifests(
    new Map([
      [
        "c/templates/b.yaml",
        hook(
          " PRE-Install,test-success ",
          ', helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: "Hook-Failed, whatever"',
        ),
      ],
      ["c/templates/a.yaml", hook("crd-install,pre-install")],
      ["c/templates/_p.yaml", "kind: Never\n"],
      ["c/templates/c.yaml", 'metadata: {annotations: {helm.sh/hook-weight: "x"}}\n'],
    ]),
    (events) => dropped.push(events),
  );
  expect(dropped).toEqual(["crd-install,pre-install"]);
  expect(manifests.map(({ path }) => path)).toEqual(["c/templates/c.yaml"]);
  expect(hooks).toMatchObject([
    {
      name: "j",
      events: ["pre-install", "test"],
      weight: -5,
      deletePolicies: ["hook-failed", "whatever"],
      outputLogPolicies: [],
    },
  ]);
});
