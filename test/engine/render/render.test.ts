import { describe, expect, test } from "vitest";
import { defaultCapabilities, loadFiles } from "../../../engine/chart/index.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { decodeYamlMap, encodeJson } from "../../../engine/encoding/index.ts";
import { GoMap } from "../../../engine/go/value.ts";
import { render, renderName, templateOutput } from "../../../engine/render/index.ts";
import type { Rendered, RenderInput } from "../../../engine/render/index.ts";

const MANIFEST = "apiVersion: v2\nname: c\nversion: 0.1.0\n";

function chartOf(files: Readonly<Record<string, string>>): Promise<Chart> {
  const all = { "Chart.yaml": MANIFEST, ...files };
  return loadFiles(Object.entries(all).map(([name, text]) => ({ name, data: new TextEncoder().encode(text) })));
}

async function renderChart(
  files: Readonly<Record<string, string>>,
  more: Partial<RenderInput> = {},
): Promise<Rendered> {
  return render({
    chart: await chartOf(files),
    values: new GoMap(),
    release: { name: "rel", namespace: "ns", revision: 1, isUpgrade: false },
    capabilities: defaultCapabilities(),
    lookup: "off",
    dns: false,
    seed: new Uint8Array(32).fill(1),
    now: 0,
    ...more,
  });
}

describe("questions", () => {
  const LOOKUP = '{{ (lookup "v1" "ConfigMap" "ns" "NAME").data.k }}';
  const look = (name: string): string => `k: ${LOOKUP.replace("NAME", name)}\n`;

  test("of all files are answered together, each once", async () => {
    const asked: string[][] = [];
    const { manifest } = await renderChart(
      { "templates/a.yaml": look("a") + look("a"), "templates/b.yaml": look("b"), "templates/c.yaml": look("a") },
      {
        lookup: "live",
        resolve: async (requests) => {
          const names = requests.map((request) => (request.kind === "lookup" ? request.name : request.kind));
          asked.push(names.toSorted());
          return Promise.resolve(names.map((name) => ({ ok: true, value: { data: { k: `<${name}>` } } })));
        },
      },
    );
    expect(asked).toEqual([["a", "b"]]);
    expect(manifest.match(/<.>/g)).toEqual(["<a>", "<a>", "<b>", "<a>"]);
  });

  test("of a range are answered together, however many", async () => {
    const each = '{{ with lookup "v1" "ConfigMap" "ns" (print "m" $i) }}{{ .data.k }}{{ end }}';
    const rounds: number[] = [];
    const { manifest } = await renderChart(
      { "templates/a.yaml": `k: [{{ range $i := until 100 }}${each},{{ end }}]\n` },
      {
        lookup: "live",
        resolve: async (requests) => {
          rounds.push(requests.length);
          return Promise.resolve(requests.map(() => ({ ok: true, value: { data: { k: "x" } } })));
        },
      },
    );
    expect(rounds).toEqual([100]);
    expect(manifest.match(/x,/g)).toHaveLength(100);
  });

  test("that only a missing object would raise are not asked while it is unknown", async () => {
    const asked: string[] = [];
    const { manifest } = await renderChart(
      {
        "templates/a.yaml":
          'k: {{ with lookup "v1" "Secret" "ns" "s" }}{{ .data.k }}{{ else }}{{ genPrivateKey "rsa" | fail }}{{ end }}\n',
      },
      {
        lookup: "live",
        resolve: async (requests) => {
          asked.push(...requests.map(({ kind }) => kind));
          return Promise.resolve(requests.map(() => ({ ok: true, value: { data: { k: "kept" } } })));
        },
      },
    );
    expect(asked).toEqual(["lookup"]);
    expect(manifest).toContain("k: kept");
  });

  test("do not run what came before them twice", async () => {
    const count = '{{ $_ := set .Values "n" (add1 (default 0 .Values.n)) }}n: {{ .Values.n }}\n';
    const seen = await renderChart(
      { "templates/b.yaml": `${count}k: {{ len (lookup "v1" "Pod" "ns" "x") }}\n`, "templates/a.yaml": count },
      { lookup: "live", resolve: async (requests) => Promise.resolve(requests.map(() => ({ ok: true, value: {} }))) },
    );
    expect(seen.manifest.match(/n: \d/g)).toEqual(["n: 2", "n: 1"]);
  });

  test("answered with an error fail the template with its text", async () => {
    const failed = renderChart(
      { "templates/a.yaml": look("a") },
      { lookup: "live", resolve: async () => Promise.resolve([{ ok: false, error: "no access" }]) },
    );
    await expect(failed).rejects.toThrow("error calling lookup: no access");
  });

  test("without end are refused", async () => {
    const endless =
      '{{ $n := "x" }}{{ range until 40 }}{{ $n = (lookup "v1" "ConfigMap" "ns" $n).next }}{{ end }}a: 1\n';
    const passes: string[] = [];
    const run = renderChart(
      { "templates/a.yaml": endless },
      {
        lookup: "live",
        resolve: async (requests) => {
          passes.push(requests[0]?.kind === "lookup" ? requests[0].name : "");
          return Promise.resolve(requests.map(() => ({ ok: true, value: { next: `n${passes.length}` } })));
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: "pending-budget" });
    expect(passes).toHaveLength(32);
  });

  describe("for keys", () => {
    const LOOP = '{{ range until 4 }}- {{ genPrivateKey "ed25519" }}\n{{ end }}';
    const inputs = (asked: string[][]): Partial<RenderInput> => ({
      resolve: async (requests) => {
        asked.push(requests.map(({ key }) => key));
        return Promise.resolve(requests.map(({ key }) => ({ ok: true, value: `"${key}"` })));
      },
    });
    const counts = (asked: readonly (readonly string[])[]): readonly number[] => asked.map((keys) => keys.length);

    test("differ by file and place; each is asked once, later ones ahead", async () => {
      const asked: string[][] = [];
      const files = { "templates/a.yaml": `first:\n${LOOP}`, "templates/b.yaml": `first:\n${LOOP}` };
      const { manifest } = await renderChart(files, inputs(asked));
      expect(counts(asked)).toEqual([1, 1, 2, 2, 4, 4]);
      expect(new Set(asked.flat()).size).toBe(14);
      const drawn = manifest.match(/- ".*"/g) ?? [];
      expect([drawn.length, new Set(drawn).size]).toEqual([8, 8]);
    });

    test("are asked together where the file's last render tells how many it uses", async () => {
      const asked: string[][] = [];
      const files = { "templates/a.yaml": `second:\n${LOOP}` };
      const first = await renderChart(files, inputs([]));
      const again = await renderChart(files, inputs(asked));
      expect(counts(asked)).toEqual([4]);
      expect(again.manifest).toBe(first.manifest);
    });

    test("are not asked by a file that goes another way this time, however many it used", async () => {
      const asked: string[][] = [];
      const files = { "templates/a.yaml": `third:\n{{ if .Release.IsInstall }}${LOOP}{{ end }}` };
      await renderChart(files, inputs([]));
      const release = { name: "rel", namespace: "ns", revision: 2, isUpgrade: true };
      await renderChart(files, { ...inputs(asked), release });
      expect(asked).toEqual([]);
    });

    test("are made for an authority and the certificate that it will sign at once", async () => {
      const asked: string[][] = [];
      const files = { "templates/a.yaml": '{{ $ca := genCA "ca" 1 }}{{ genSignedCert "x" nil nil 1 $ca }}' };
      const refuse: RenderInput["resolve"] = async (requests) => {
        asked.push(requests.map(({ key }) => key));
        return Promise.resolve(requests.map(() => ({ ok: false, error: "no keys today" })));
      };
      await expect(renderChart(files, { resolve: refuse })).rejects.toThrow("no keys today");
      expect(asked).toEqual([
        ["private-key rsa 2048 0 c/templates/a.yaml", "private-key rsa 2048 1 c/templates/a.yaml"],
      ]);
    });

    test("that fail while the pass goes on fail the render, once", async () => {
      const files = { "templates/a.yaml": 'k: {{ genPrivateKey "ed25519" }}', "templates/b.yaml": "b: 1" };
      const resolve: RenderInput["resolve"] = async () => Promise.reject(new Error("no entropy"));
      await expect(renderChart(files, { resolve })).rejects.toThrow("no entropy");
    });
  });

  test("leave dear work of an earlier pass as it was", async () => {
    const files = { "templates/a.yaml": `{{ $h := bcrypt "secret" }}h: {{ $h }}\n${look("b")}` };
    const resolve: RenderInput["resolve"] = async (requests) =>
      Promise.resolve(requests.map(() => ({ ok: true, value: { data: { k: "x" } } })));
    const asked = await renderChart(files, { lookup: "live", resolve });
    const plain = await renderChart({ "templates/a.yaml": `{{ $h := bcrypt "secret" }}h: {{ $h }}\nk: x\n` });
    expect(asked.manifests[0]?.content).toBe(plain.manifests[0]?.content);
  });

  test("that fail an earlier file win over failures behind them only once answered", async () => {
    const files = { "templates/z.yaml": look("z"), "templates/a.yaml": '{{ fail "later" }}' };
    const resolve: RenderInput["resolve"] = async (requests) =>
      Promise.resolve(requests.map(() => ({ ok: false, error: "first" })));
    await expect(renderChart(files, { lookup: "live", resolve })).rejects.toThrow("first");
  });
});

describe("randomness", () => {
  const RANDOM = "r: {{ randAlphaNum 20 }}\n";

  test("comes from the seed and the file's path alone", async () => {
    const one = await renderChart({ "templates/a.yaml": RANDOM });
    const two = await renderChart({ "templates/a.yaml": RANDOM, "templates/b.yaml": RANDOM });
    const other = await renderChart({ "templates/a.yaml": RANDOM }, { seed: new Uint8Array(32).fill(2) });
    const [a, b] = two.manifests.map(({ content }) => content);
    expect(one.manifests[0]?.content).toBe(a);
    expect(a).not.toBe(b);
    expect(other.manifests[0]?.content).not.toBe(a);
  });

  test("is replayed when a file waits for an answer", async () => {
    const asking = `${RANDOM}n: {{ len (lookup "v1" "Pod" "ns" "x") }}\n`;
    const resolve: RenderInput["resolve"] = async (requests) =>
      Promise.resolve(requests.map(() => ({ ok: true, value: {} })));
    const calm = await renderChart({ "templates/a.yaml": RANDOM });
    const asked = await renderChart({ "templates/a.yaml": asking }, { lookup: "live", resolve });
    expect(asked.manifest).toContain(calm.manifests[0]?.content.trim() ?? "?");
  });
});

test("a refusal lists every failed file, Helm's own first", async () => {
  const files = {
    "templates/a.yaml": '{{ fail "A" }}',
    "templates/b.yaml": "ok: 1",
    "templates/c.yaml": '{{ required "C" nil }}',
  };
  await expect(renderChart(files)).rejects.toMatchObject({
    code: "template",
    message: "execution error at (c/templates/c.yaml:1:3): C",
    failures: [{ path: "c/templates/c.yaml" }, { path: "c/templates/a.yaml" }],
  });
});

test("templates write into their own copy of chart and values", async () => {
  const chart = await chartOf({
    "values.yaml": "m: {l: [{x: 1}]}\n",
    "templates/a.yaml":
      '{{ $_ := set .Values "new" 1 }}{{ $_ := set (first .Values.m.l) "x" 2 }}{{ $_ := set .Values.u "y" 2 }}a: 1\n',
  });
  const values = decodeYamlMap("u: {y: 1}\n");
  const before = encodeJson(chart.values) + encodeJson(values);
  await renderChart({}, { chart, values });
  expect(encodeJson(chart.values) + encodeJson(values)).toBe(before);
});

test("notes are taken out; those of sub-charts only where asked", async () => {
  const files = {
    "templates/NOTES.txt": "root {{ .Release.Name }}",
    "templates/x-NOTES.txt": "never printed",
    "charts/s/Chart.yaml": "name: s\nversion: 1.0.0",
    "charts/s/templates/NOTES.txt": "sub",
  };
  expect(await renderChart(files)).toMatchObject({ notes: "root rel", manifest: "" });
  expect((await renderChart(files, { subchartNotes: true })).notes).toBe("sub\nroot rel\nnever printed");
});

test("the output holds CRDs, manifests and hooks as asked for", async () => {
  const rendered = await renderChart({
    "crds/x.yaml": "kind: CustomResourceDefinition\n",
    "templates/a.yaml": "kind: A\n",
    "templates/h.yaml": "kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n",
    "templates/t.yaml": "kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n",
  });
  const sources = (options: Parameters<typeof templateOutput>[1]): readonly string[] =>
    templateOutput(rendered, options).match(/(?<=# Source: c\/).*/g) ?? [];
  expect(sources({})).toEqual(["templates/a.yaml", "templates/t.yaml", "templates/h.yaml"]);
  expect(sources({ includeCrds: true, skipTests: true })).toEqual([
    "crds/x.yaml",
    "templates/a.yaml",
    "templates/h.yaml",
  ]);
  expect(sources({ noHooks: true })).toEqual(["templates/a.yaml"]);
  expect(templateOutput(rendered, { showOnly: ["templates/?.yaml"] })).toBe(
    "---\n# Source: c/templates/a.yaml\nkind: A\n\n---\n# Source: c/templates/t.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n\n\n---\n# Source: c/templates/h.yaml\nkind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n\n\n",
  );
  expect(() => templateOutput(rendered, { showOnly: ["templates/z.yaml"] })).toThrow(
    "could not find template templates/z.yaml in chart",
  );
});

test("an aborted render stops with the signal's reason", async () => {
  const reason = new Error("enough");
  await expect(renderChart({ "templates/a.yaml": "a: 1" }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("a name template is plain Sprig on nothing", () => {
  const input = { seed: new Uint8Array(32), now: 0 };
  expect(renderName('x-{{ add 1 2 }}-{{ "A" | lower }}', input)).toBe("x-3-a");
  expect(() => renderName("{{ nope }}", input)).toThrow('template: name-template:1: function "nope" not defined');
});
