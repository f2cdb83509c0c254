import {
  encodeValues,
  EngineError,
  lintChart,
  loadChart,
  mergeValues,
  packageChart,
  renderChart,
  templateOutput,
} from "../../../engine/index.ts";
import type { Chart, ChartSource, RenderOptions } from "../../../engine/index.ts";

/** A sentence and what it is about: what was seen, what was wanted. */
export interface LibraryCase {
  readonly name: string;
  readonly run: () => Promise<readonly [unknown, unknown]>;
}

const NOW = Date.UTC(2026, 10, 21, 8, 30, 0);
const SEED = new Uint8Array(32).fill(7);

const settings = {
  "Chart.yaml": "apiVersion: v2\nname: settings\nversion: 0.1.0\n",
  "values.yaml": "colour: green\n",
  "templates/config.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Settings\ndata:\n  colour: {{ .Values.colour }}\n",
};

/** A chart of one template. */
async function chartOf(template: string, more: Readonly<Record<string, string>> = {}): Promise<Chart> {
  const files = { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", "templates/a.yaml": template, ...more };
  return (await loadChart(files)).chart;
}

async function output(chart: Chart, options: Partial<RenderOptions> = {}): Promise<string> {
  return templateOutput(await renderChart({ chart, name: "web", now: NOW, seed: SEED, ...options }));
}

const HEAD = "---\n# Source: c/templates/a.yaml\n";

/** What a call is refused with: its code and text. */
async function refusal(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof EngineError) return `${error.name} ${error.code}: ${error.message}`;
    throw error;
  }
  return "nothing was refused";
}

async function sha256(data: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function settingsArchive(): Promise<Uint8Array> {
  const { chart } = await loadChart(settings);
  return packageChart({ chart, version: "0.2.0", sourceDateEpoch: 1_700_000_000, now: NOW }).data;
}

function slowly(data: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= data.length) controller.close();
      else controller.enqueue(data.slice(at, (at += 7)));
    },
  });
}

const loading: readonly LibraryCase[] = [
  ...(
    [
      ["an object of texts", async () => settings],
      [
        "a map of texts and bytes",
        async () => new Map(Object.entries(settings).map(([k, v]) => [k, new TextEncoder().encode(v)])),
      ],
      ["the bytes of an archive", settingsArchive],
      ["an archive as it arrives", async () => slowly(await settingsArchive())],
    ] satisfies readonly (readonly [string, () => Promise<ChartSource>])[]
  ).map(([what, source]) => ({
    name: `a chart is loaded from ${what}`,
    run: async () => {
      const { chart, warnings } = await loadChart(await source());
      const seen = [
        chart.metadata.name,
        encodeValues(chart.values, "yaml"),
        chart.files.map((file) => file.name).sort(),
        warnings,
      ];
      return [
        seen,
        ["settings", "colour: green\n", ["Chart.yaml", "templates/config.yaml", "values.yaml"], []],
      ] as const;
    },
  })),
  {
    name: "what .helmignore names is not loaded from a folder",
    run: async () => {
      const { chart } = await loadChart({
        ...settings,
        ".helmignore": "drafts/\n*.bak\n",
        "drafts/a.txt": "",
        "b.bak": "",
      });
      const names = chart.files.map(({ name }) => name);
      return [names, [".helmignore", "Chart.yaml", "templates/config.yaml", "values.yaml"]];
    },
  },
  {
    name: "a byte order mark is taken off a file of a folder",
    run: async () => {
      const { chart } = await loadChart({ ...settings, "values.yaml": "\uFEFFcolour: red\n" });
      return [encodeValues(chart.values, "json"), '{"colour":"red"}'];
    },
  },
  {
    name: "what Helm logs while loading comes back as data",
    run: async () => {
      const { warnings } = await loadChart({ ...settings, "requirements.yaml": "dependencies: []\n" });
      return [
        warnings.map(({ level, message }) => `${level} ${message.slice(0, 33)}`),
        ["INFO Warning: Dependencies are handled"],
      ];
    },
  },
  ...(
    [
      ["a folder without Chart.yaml", { "values.yaml": "" }, "ChartError invalid-chart: Chart.yaml file is missing"],
      ["a path that leads out", { "../a": "" }, 'InputError invalid-path: "../a" is no path below a chart\'s folder'],
      ["an absolute path", { "/a": "" }, 'InputError invalid-path: "/a" is no path below a chart\'s folder'],
      [
        "bytes that are no archive",
        new TextEncoder().encode("this is no archive but a text"),
        "ChartError invalid-archive: gzip: invalid header",
      ],
    ] satisfies readonly (readonly [string, ChartSource, string])[]
  ).map(([what, source, wanted]) => ({
    name: `${what} is refused`,
    run: async () => [await refusal(() => loadChart(source)), wanted] as const,
  })),
  {
    name: "an archive that ends early is refused",
    run: async () => {
      const archive = await settingsArchive();
      const cut = (length: number): Promise<string> => refusal(() => loadChart(archive.subarray(0, length)));
      const seen = [await cut(0), await cut(5), await cut(archive.length - 100), await cut(archive.length - 4)];
      const early = "ChartError invalid-archive: unexpected EOF";
      return [seen, ["ChartError invalid-archive: EOF", early, early, early]];
    },
  },
  {
    name: "an archive with a wrong checksum is refused",
    run: async () => {
      const archive = await settingsArchive();
      archive.fill(0, -8);
      return [(await refusal(() => loadChart(archive))).slice(0, 26), "ChartError invalid-archive"];
    },
  },
];

const values: readonly LibraryCase[] = [
  {
    name: "values of all sources are merged in Helm's order",
    run: async () => {
      const merged = mergeValues({
        setLiteral: ["literal=a,b=c"],
        setFile: [
          { key: "file", content: "line 1\nline 2\n" },
          { key: "bytes", content: Uint8Array.of(0x62) },
        ],
        setString: ["string=1", "last=string"],
        set: ["int=1", "last=set", "list[1]=x"],
        setJson: ['json={"a":[1.5,null]}', "last=0"],
        values: { object: true, last: "values", first: null },
        files: [
          { name: "a.yaml", content: "first: 1\nlast: a\n" },
          { name: "b.yaml", content: new TextEncoder().encode("second: 1000000\nlast: b\n") },
        ],
      });
      const wanted =
        "bytes: b\nfile: |\n  line 1\n  line 2\nfirst: null\nint: 1\njson:\n  a:\n  - 1.5\n  - null\nlast: string\n" +
        'list:\n- null\n- x\nliteral: a,b=c\nobject: true\nsecond: 1000000\nstring: "1"\n';
      return [encodeValues(merged, "yaml"), wanted];
    },
  },
  {
    name: "a number keeps Go's type: an int of --set, a float of a file",
    run: async () => {
      const chart = await chartOf("a: {{ kindOf .Values.set }} {{ kindOf .Values.file }}");
      const merged = mergeValues({ set: ["set=1"], files: [{ name: "v", content: "file: 1" }] });
      return [await output(chart, { values: merged }), `${HEAD}a: int64 float64\n`];
    },
  },
  {
    name: "a name like __proto__ is data",
    run: async () => [encodeValues(mergeValues({ set: ["__proto__.a=1"] }), "json"), '{"__proto__":{"a":1}}'],
  },
  {
    name: "a values file that is no YAML is refused under its name",
    run: async () => {
      const seen = await refusal(() => mergeValues({ files: [{ name: "prod.yaml", content: "a: b: c" }] }));
      return [seen.slice(0, 52), "ChartError invalid-values: failed to parse prod.yaml"];
    },
  },
];

const rendering: readonly LibraryCase[] = [
  {
    name: "equal options give equal bytes, another seed gives others",
    run: async () => {
      const chart = await chartOf('a: {{ randAlphaNum 20 }} {{ now | unixEpoch }} {{ genPrivateKey "x" | quote }}');
      const [one, two, three] = [
        await output(chart),
        await output(chart),
        await output(chart, { seed: SEED.map((x) => x + 1) }),
      ];
      return [
        [one === two, one === three],
        [true, false],
      ];
    },
  },
  {
    name: "versions and APIs of the cluster are what the caller says",
    run: async () => {
      const template =
        'a: {{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "x.io/v1" }} {{ .Release.Revision }} {{ .Release.IsUpgrade }}';
      const options = { kubeVersion: "1.29.3", apiVersions: ["x.io/v1"], revision: 4, isUpgrade: true };
      return [await output(await chartOf(template), options), `${HEAD}a: v1.29.3 true 4 true\n`];
    },
  },
  {
    name: "without a resolver lookup and names find nothing",
    run: async () => [
      await output(await chartOf('a: {{ lookup "v1" "Pod" "" "" }}{{ getHostByName "host" }}.')),
      `${HEAD}a: map[].\n`,
    ],
  },
  {
    name: "a resolver answers lookups, names and keys",
    run: async () => {
      const template =
        '{{ $p := lookup "v1" "Pod" "ns" "p" }}a: {{ $p.spec.node }} {{ getHostByName "host" }} {{ genPrivateKey "rsa" }}';
      const asked: unknown[] = [];
      const seen = await output(await chartOf(template), {
        resolver: {
          lookup: async (question) => (asked.push(question), { ok: true, value: { spec: { node: "n1" } } }),
          address: async (host) => (asked.push(host), { ok: true, value: "192.0.2.1" }),
          privateKey: async (question) => (asked.push(question), { ok: true, value: "KEY" }),
        },
      });
      const questions = [
        { apiVersion: "v1", kind: "Pod", namespace: "ns", name: "p" },
        "host",
        { algorithm: "rsa", bits: 4096 },
      ];
      return [
        [seen, asked],
        [`${HEAD}a: n1 192.0.2.1 KEY\n`, questions],
      ];
    },
  },
  {
    name: "keys are made by WebCrypto where no resolver makes them",
    run: async () => {
      const seen = await output(
        await chartOf('a: {{ genPrivateKey "ecdsa" | quote }}\nb: {{ genPrivateKey "ed25519" | quote }}'),
      );
      return [
        seen.match(/-----BEGIN [A-Z ]+-----/g),
        ["-----BEGIN EC PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----"],
      ];
    },
  },
  {
    name: "hooks, CRDs, notes and warnings come back as data",
    run: async () => {
      const chart = await chartOf("a: 1", {
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\ndeprecated: true\n",
        "templates/hook.yaml":
          "apiVersion: v1\nkind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install,test\n",
        "templates/NOTES.txt": "Hello {{ .Release.Name }}",
        "crds/x.yaml": "kind: CustomResourceDefinition\n",
      });
      const { hooks, crds, notes, warnings, name, namespace } = await renderChart({
        chart,
        name: "web",
        now: NOW,
        seed: SEED,
      });
      const seen = [
        hooks.map(({ kind, events }) => [kind, events]),
        crds.map(({ filename }) => filename),
        notes,
        warnings.length,
        name,
        namespace,
      ];
      return [seen, [[["Pod", ["pre-install", "test"]]], ["c/crds/x.yaml"], "Hello web", 1, "web", "default"]];
    },
  },
  {
    name: "a schema is checked, or not if the caller says so",
    run: async () => {
      const chart = await chartOf("a: 1", { "values.schema.json": '{"required":["x"]}' });
      const wanted =
        "ChartError schema: values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n- at '': missing property 'x'\n";
      return [
        [await refusal(() => output(chart)), await output(chart, { skipSchemaValidation: true })],
        [wanted, `${HEAD}a: 1\n`],
      ];
    },
  },
  ...(
    [
      ["a bad release name", "a: 1", {}, { name: "Web" }, "InputError invalid-name: release name check failed"],
      [
        "a seed of another size",
        "a: 1",
        {},
        { seed: new Uint8Array(8) },
        "InputError invalid-seed: the seed has 8 bytes",
      ],
      [
        "a bad version of Kubernetes",
        "a: 1",
        {},
        { kubeVersion: "x" },
        "ChartError invalid-kube-version: invalid kube version",
      ],
      [
        "a failing template",
        '{{ fail "no" }}',
        {},
        {},
        "RenderError template: execution error at (c/templates/a.yaml:1:3): no",
      ],
      ["a document that is no YAML", "a: b: c", {}, {}, "RenderError manifest: YAML parse error on c/templates/a.yaml"],
      [
        "a library chart",
        "a: 1",
        { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\ntype: library\n" },
        {},
        "ChartError not-installable: library charts are not installable",
      ],
      [
        "a chart without its dependency",
        "a: 1",
        {
          "Chart.yaml":
            "apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n  - name: d\n    version: 1.0.0\n    repository: https://charts.example\n",
        },
        {},
        "ChartError missing-dependencies: found in Chart.yaml, but missing in charts/ directory: d",
      ],
      [
        "a chart of apiVersion v3",
        "a: 1",
        { "Chart.yaml": "apiVersion: v3\nname: c\nversion: 0.1.0\n" },
        {},
        "ChartError invalid-chart: invalid chart apiVersion",
      ],
    ] satisfies readonly (readonly [string, string, Readonly<Record<string, string>>, Partial<RenderOptions>, string])[]
  ).map(([what, template, files, options, wanted]) => ({
    name: `${what} is refused`,
    run: async () => {
      const seen = await refusal(async () => output(await chartOf(template, files), options));
      return [seen.slice(0, wanted.length), wanted] as const;
    },
  })),
  {
    name: "an aborted render rejects with the signal's reason",
    run: async () => {
      const chart = await chartOf("a: 1");
      const error: unknown = await output(chart, { signal: AbortSignal.abort("enough") }).catch(
        (reason: unknown) => reason,
      );
      return [error, "enough"];
    },
  },
];

// Recorded from helm 4.3.1: lint, and package --version 0.2.0 with SOURCE_DATE_EPOCH=1700000000, of the folder of `settings`.
const tools: readonly LibraryCase[] = [
  ...(
    [
      ["a folder", async () => settings],
      ["an archive", settingsArchive],
    ] satisfies readonly (readonly [string, () => Promise<ChartSource>])[]
  ).map(([what, source]) => ({
    name: `the findings of lint on ${what} are Helm's`,
    run: async () => {
      const { messages } = await lintChart({ source: await source(), now: NOW, seed: SEED });
      const seen = messages.map(({ severity, path, text }) => `[${severity}] ${path}: ${text}`);
      return [
        seen,
        [
          "[INFO] Chart.yaml: icon is recommended",
          '[WARNING] templates/config.yaml: object name does not conform to Kubernetes naming requirements: "Settings": metadata.name: ' +
            "Invalid value: \"Settings\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must " +
            "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
            String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        ],
      ] as const;
    },
  })),
  {
    name: "a chart that cannot be loaded has findings",
    run: async () => {
      const { messages } = await lintChart({ source: { "Chart.yaml": "a: b: c" }, now: NOW, seed: SEED });
      return [messages.some(({ severity }) => severity === "ERROR"), true];
    },
  },
  {
    name: "the bytes of a package are those of helm package",
    run: async () => [
      await sha256(await settingsArchive()),
      "05bdd0e0fc4e5f28dc33af443300f74b38a38e3f4b8a107a29465be966037afd",
    ],
  },
  {
    name: "a package without a good version is refused",
    run: async () => {
      const { chart } = await loadChart(settings);
      const seen = await refusal(() => packageChart({ chart, version: "one", now: NOW }));
      return [seen.slice(0, 28), "ChartError invalid-metadata:"];
    },
  },
];

/** All cases, in order. */
export const cases: readonly LibraryCase[] = [...loading, ...values, ...rendering, ...tools];
