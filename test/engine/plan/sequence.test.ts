import { describe, expect, test } from "vitest";
import { defaultCapabilities } from "../../../engine/chart/index.ts";
import { decodeGoJson } from "../../../engine/encoding/lossless.ts";
import { OrderError } from "../../../engine/plan/order-error.ts";
import { orderedManifest } from "../../../engine/plan/ordered-manifest.ts";
import { type OrderedRender, orderRendered } from "../../../engine/plan/ordered-render.ts";
import { render } from "../../../engine/render/index.ts";
import { chartOf, type ChartSources } from "../../support/operation.ts";

/** A ConfigMap; `group` and `after` as they stand in its annotations. */
function map(name: string, group = "", after = ""): string {
  const lines = [
    ...(group === "" ? [] : [`    helm.sh/resource-group: ${group}`]),
    ...(after === "" ? [] : [`    helm.sh/depends-on/resource-groups: '${after}'`]),
  ];
  const annotations = lines.length === 0 ? "" : `  annotations:\n${lines.join("\n")}\n`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotations}`;
}

function templates(...texts: readonly string[]): ChartSources {
  return Object.fromEntries(texts.map((text, index) => [`templates/${index}.yaml`, text]));
}

function child(name: string, ...texts: readonly string[]): ChartSources {
  const files = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, ...templates(...texts) };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`charts/${name}/${path}`, text]));
}

function meta(dependencies: readonly string[], annotations = ""): ChartSources {
  const list = dependencies.map((one) => `- ${one}\n`).join("");
  return {
    "Chart.yaml": `apiVersion: v2\nname: web\nversion: 0.1.0\n${annotations}${list === "" ? "" : `dependencies:\n${list}`}`,
  };
}

async function order(sources: ChartSources): Promise<OrderedRender> {
  const rendered = await render({
    chart: await chartOf("web", sources),
    values: decodeGoJson({}),
    release: { name: "web", namespace: "default", revision: 1, isUpgrade: false },
    capabilities: defaultCapabilities(),
    lookup: "off",
    dns: false,
    seed: new Uint8Array(32),
    now: 0,
  });
  return orderRendered(rendered);
}

/** `chart group: names`, those of a batch in one text with ` | ` between them. */
function shown({ rendered, sequence, documents }: OrderedRender): readonly string[] {
  const title = (item: number): string => rendered.manifests[documents[item] ?? -1]?.name ?? "?";
  return sequence.batches.map((batch) =>
    batch.map(({ chart, group, items }) => `${chart} ${group}: ${items.map(title).join(" ")}`).join(" | "),
  );
}

interface Row {
  readonly title: string;
  readonly chart: ChartSources;
  readonly batches: readonly string[];
  readonly warnings?: readonly string[];
}

const db = '{name: db, version: 1.0.0, repository: ""}';
const cache = (rest = ""): string => `{name: cache, version: 1.0.0, repository: ""${rest}}`;

const ROWS: readonly Row[] = [
  { title: "nothing is one batch", chart: templates(map("a"), map("b")), batches: ["web : a b"] },
  { title: "a chart without resources is none", chart: {}, batches: [] },
  {
    title: "groups come behind what they depend on, the rest last",
    chart: templates(map("last"), map("app", "app", '["db"]'), map("db", "db")),
    batches: ["web db: db", "web app: app", "web : last"],
  },
  {
    title: "groups that wait for the same are one batch",
    chart: templates(map("a", "a", "[db]"), map("b", "b", "[db]"), map("db", "db"), map("end", "end", "[a, b]")),
    batches: ["web db: db", "web a: a | web b: b", "web end: end"],
  },
  {
    title: "what all members of a group depend on counts for the group",
    chart: templates(map("a1", "a"), map("a2", "a", "[b]"), map("a3", "a", "[c]"), map("b", "b"), map("c", "c")),
    batches: ["web b: b | web c: c", "web a: a1 a2 a3"],
  },
  {
    title: "an isolated group comes last with a warning",
    chart: templates(map("lone", "lone"), map("app", "app", "[db]"), map("db", "db"), map("rest")),
    batches: ["web db: db", "web app: app", "web : lone rest"],
    warnings: ['resource group "lone" of web depends on nothing, and nothing depends on it: it comes last'],
  },
  {
    title: "a group that depends on an unknown one comes last with a warning, and so does what depends on it",
    chart: templates(
      map("app", "app", "[nothing]"),
      map("ui", "ui", "[app]"),
      map("db", "db"),
      map("api", "api", "[db]"),
    ),
    batches: ["web db: db", "web api: api", "web : app ui"],
    warnings: [
      'resource group "app" of web depends on the group "nothing", which the chart does not have: it comes last',
      'resource group "ui" of web depends on the group "app", which comes last: it comes last',
    ],
  },
  {
    title: "a resource that depends on groups and is in none comes last with a warning",
    chart: templates(map("app", "", "[db]"), map("db", "db"), map("x", "x", "[db]")),
    batches: ["web db: db", "web x: x", "web : app"],
    warnings: ["ConfigMap app depends on resource groups and is in none: it comes last"],
  },
  {
    title: "groups are those of their chart alone",
    chart: {
      ...meta([db]),
      ...child("db", map("in-a", "a"), map("in-b", "b", "[a]")),
      ...templates(map("a", "a", "[b]"), map("b", "b")),
    },
    batches: ["web/charts/db a: in-a", "web/charts/db b: in-b", "web b: b", "web a: a"],
  },
  {
    title: "subcharts come before their parent, together where nothing is said",
    chart: { ...meta([db, cache()]), ...child("db", map("d")), ...child("cache", map("c")), ...templates(map("w")) },
    batches: ["web/charts/db : d | web/charts/cache : c", "web : w"],
  },
  {
    title: "a subchart comes behind the whole of the one that it depends on",
    chart: {
      ...meta([db, cache(", depends-on: [db]")]),
      ...child("db", map("d1", "one"), map("d2", "two", "[one]"), map("d3")),
      ...child("cache", map("c")),
      ...templates(map("w")),
    },
    batches: [
      "web/charts/db one: d1",
      "web/charts/db two: d2",
      "web/charts/db : d3",
      "web/charts/cache : c",
      "web : w",
    ],
  },
  {
    title: "aliases and names are meant alike",
    chart: {
      ...meta([
        '{name: db, alias: main, version: 1.0.0, repository: ""}',
        '{name: db, alias: copy, version: 1.0.0, repository: "", depends-on: [main]}',
        cache(", depends-on: [db]"),
      ]),
      ...child("db", map("{{ .Chart.Name }}")),
      ...child("cache", map("c")),
    },
    batches: ["web/charts/main : main", "web/charts/copy : copy", "web/charts/cache : c"],
  },
  {
    title: "a subchart that is switched off needs no waiting for",
    chart: {
      ...meta(
        ['{name: db, version: 1.0.0, repository: "", condition: db.enabled}', cache(", depends-on: [db]")],
        `annotations: {helm.sh/depends-on/subcharts: '["db", "cache"]'}\n`,
      ),
      "values.yaml": "db: {enabled: false}\n",
      ...child("db", map("d")),
      ...child("cache", map("c")),
    },
    batches: ["web/charts/cache : c"],
  },
  {
    title: "a subchart that does not exist is told",
    chart: {
      ...meta([cache(", depends-on: [nobody]")], `annotations: {helm.sh/depends-on/subcharts: '["ghost"]'}\n`),
      ...child("cache", map("c")),
    },
    batches: ["web/charts/cache : c"],
    warnings: [
      'web depends on the subchart "ghost", which web does not have',
      'web/charts/cache depends on the subchart "nobody", which web does not have',
    ],
  },
  {
    title: "what is behind an empty subchart waits for what that one waits for",
    chart: {
      ...meta([db, '{name: none, version: 1.0.0, repository: "", depends-on: [db]}', cache(", depends-on: [none]")]),
      ...child("db", map("d")),
      ...child("none"),
      ...child("cache", map("c")),
    },
    batches: ["web/charts/db : d", "web/charts/cache : c"],
  },
  {
    title: "hooks are left out",
    chart: templates(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: pre-install, helm.sh/resource-group: db}}\n",
      map("app", "app", "[db]"),
    ),
    batches: ["web : app"],
    warnings: ['resource group "app" of web depends on the group "db", which the chart does not have: it comes last'],
  },
];

const REFUSED: readonly (readonly [string, ChartSources, string, readonly string[]])[] = [
  [
    "groups",
    templates(map("a", "a", "[b]"), map("b", "b", "[c]"), map("c", "c", "[a]")),
    "resource groups of web wait for each other: a → b → c → a",
    ["a", "b", "c", "a"],
  ],
  [
    "a group with itself",
    templates(map("a", "a", "[a]")),
    "resource groups of web wait for each other: a → a",
    ["a", "a"],
  ],
  [
    "subcharts",
    {
      ...meta(['{name: db, version: 1.0.0, repository: "", depends-on: [cache]}', cache(", depends-on: [db]")]),
      ...child("db", map("d")),
      ...child("cache", map("c")),
    },
    "subcharts of web wait for each other: ",
    [],
  ],
];

describe("the order of a chart", () => {
  test.each(ROWS)("$title", async ({ chart, batches, warnings = [] }) => {
    const ordered = await order(chart);
    expect(shown(ordered)).toEqual(batches);
    expect(ordered.sequence.warnings).toEqual(warnings);
  });

  test.each(REFUSED)("a cycle of %s is refused and named", async (_, chart, message, cycle) => {
    const error = await order(chart).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OrderError);
    expect(error).toMatchObject({ code: "cycle", message: expect.stringContaining(message) });
    if (cycle.length > 0) expect(error).toMatchObject({ detail: { cycle } });
  });

  test.each([
    ["a name", "db"],
    ["a map", "{db: true}"],
    ["a list of other things", "[1, db]"],
    ["an open list", '["db"'],
  ])("%s is no list of groups", async (_, after) => {
    await expect(order(templates(map("app", "app", after), map("db", "db")))).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining(
        "ConfigMap app: the annotation helm.sh/depends-on/resource-groups must be a list",
      ),
    });
  });

  test("what Kubernetes would refuse is taken out of the manifest, and nothing else is touched", async () => {
    const plain = `# kept\n${map("db", "db")}data: {n: "1"}`;
    const app = `${map("app", "app", "[db]")}data: {big: "12345678901234567890"}\nspec: {replicas: 1000000}\n`;
    const bare = map("bare", "", "[db]");
    const { rendered } = await order(templates(plain, app, bare));
    expect(rendered.manifest).not.toContain("helm.sh/depends-on");
    expect(rendered.manifest).toContain(`---\n# Source: web/templates/0.yaml\n# kept\n`);
    expect(rendered.manifest).toContain(
      `---\n# Source: web/templates/1.yaml\napiVersion: v1\ndata:\n  big: "12345678901234567890"\nkind: ConfigMap\nmetadata:\n  annotations:\n    helm.sh/resource-group: app\n  name: app\nspec:\n  replicas: 1000000\n`,
    );
    expect(rendered.manifest).toContain("kind: ConfigMap\nmetadata:\n  name: bare\n");
  });

  test("resources of a list have their own places", async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${map("b", "b", "[a]").trimEnd().replaceAll("\n", "\n  ")}\n- ${map("a", "a").trimEnd().replaceAll("\n", "\n  ")}\n`;
    const { sequence, rendered } = await order(templates(list));
    expect(sequence.batches.map((batch) => batch.map((one) => one.group))).toEqual([["a"], ["b"]]);
    expect(rendered.manifest).not.toContain("depends-on");
  });

  test("lines around each group show it", async () => {
    const chart = {
      ...meta([db]),
      ...child("db", map("in", "inner"), map("out", "outer", "[inner]")),
      ...templates(map("w")),
    };
    const text = orderedManifest(await order(chart));
    expect(text.split("\n").filter((line) => /^##|^# Source/.test(line))).toEqual([
      "## START resource-group: web/db inner",
      "# Source: web/charts/db/templates/0.yaml",
      "## END resource-group: web/db inner",
      "## START resource-group: web/db outer",
      "# Source: web/charts/db/templates/1.yaml",
      "## END resource-group: web/db outer",
      "# Source: web/templates/0.yaml",
    ]);
  });
});
