/**
 * A template's text (`c/templates/a.yaml`); the stream that helm 4.3.1 gives a post-renderer for it; and what `helm template` prints when
 * that gives the stream back unchanged.
 */
export const STREAM_CASES: readonly (readonly [name: string, template: string, stream: string, printed: string])[] = [
  [
    "a plain document",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
  ],
  [
    "labels in flow style",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {x: \"y\", z: 'q'}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {x: \"y\", z: 'q'}\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {x: \"y\", z: 'q'}\n",
  ],
  [
    "four blanks of indent",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: a\ndata:\n    list:\n        - a\n        - b: c\n          d: e\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  list:\n  - a\n  - b: c\n    d: e\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  list:\n  - a\n  - b: c\n    d: e\n",
  ],
  [
    "comments",
    "# head\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  # inner\n  labels:\n    a: b # line\n# foot\n",
    "# head\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  # inner\n  labels:\n    a: b # line\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n# foot\n",
    "---\n# Source: c/templates/a.yaml\n# head\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  # inner\n  labels:\n    a: b # line\n# foot\n",
  ],
  [
    "blank lines",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n\ndata:\n\n  a: b\n\n  c: d\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: b\n  c: d\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n  c: d\n",
  ],
  [
    "metadata in flow style",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'}}\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
  ],
  [
    "no metadata",
    "apiVersion: v1\nkind: ConfigMap\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\n",
  ],
  [
    "empty annotations",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  annotations: {}\n  name: a\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
  ],
  [
    "annotations of its own",
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    z: "1"\n    a: b\n',
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    z: \"1\"\n    a: b\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    '---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    z: "1"\n    a: b\n',
  ],
  [
    "null annotations",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\ndata: {}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata: {}\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: {}\n",
  ],
  [
    "scalars as written",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: 0644\n  b: yes\n  c: 1_000\n  d: ~\n  e:\n  f: 1.50\n  g: 2020-01-01\n  h: !!str 1\n  i: 0x1F\n  j: 1e3\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: 0644\n  b: yes\n  c: 1_000\n  d: ~\n  e:\n  f: 1.50\n  g: 2020-01-01\n  h: !!str 1\n  i: 0x1F\n  j: 1e3\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: 0644\n  b: yes\n  c: 1_000\n  d: ~\n  e:\n  f: 1.50\n  g: 2020-01-01\n  h: !!str 1\n  i: 0x1F\n  j: 1e3\n",
  ],
  [
    "quotes as written",
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "x"\n  b: \'y\'\n  c: "tab\\t"\n',
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: \"x\"\n  b: 'y'\n  c: \"tab\\t\"\n",
    '---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "x"\n  b: \'y\'\n  c: "tab\\t"\n',
  ],
  [
    "blocks",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    text\n\n    more\n  b: |-\n    x\n  c: >-\n    folded\n    line\n  d: |+\n    keep\n\n  e: x\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: |\n    text\n\n    more\n  b: |-\n    x\n  c: >-\n    folded line\n  d: |+\n    keep\n\n  e: x\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    text\n\n    more\n  b: |-\n    x\n  c: >-\n    folded line\n  d: |+\n    keep\n\n  e: x\n",
  ],
  [
    "a block whose lines end in blanks",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: |\n    one \n    two\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: \"one \\ntwo\\n\"\n",
    '---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "one \\ntwo\\n"\n',
  ],
  [
    "long text",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word end\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word end\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word end\n",
  ],
  [
    "anchors",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: &x {b: c}\n  d: *x\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: &x {b: c}\n  d: *x\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: &x {b: c}\n  d: *x\n",
  ],
  [
    "lists in lists",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a:\n  - - 1\n    - 2\n  - []\n  - {}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a:\n  - - 1\n    - 2\n  - []\n  - {}\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a:\n  - - 1\n    - 2\n  - []\n  - {}\n",
  ],
  [
    "a list of objects",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: l1}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: l2\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l1, annotations: {postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: l2\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: l1}\n\n---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: l2\n",
  ],
  [
    "two documents",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n\n---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
  ],
  [
    "a document of comments",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n\n---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
  ],
  [
    "a hook",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install\n",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\n",
    "\n---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install\n\n",
  ],
  [
    "duplicate keys",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n  a: c\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    postrenderer.helm.sh/postrender-filename: 'c/templates/a.yaml'\ndata:\n  a: b\n  a: c\n",
    "---\n# Source: c/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n  a: c\n",
  ],
];
