import { describe, expect, it } from "vitest";
import { postRender, type PostRenderJob, type RunPostRenderer } from "../../../engine/action/post-render.ts";
import { pluginError } from "../../../engine/plugin/index.ts";

const HOOK = "kind: Pod\nmetadata:\n  name: h\n  annotations:\n    helm.sh/hook: pre-install\n";
const OBJECT = "kind: ConfigMap\nmetadata:\n  name: o\n";
const FILES = new Map([
  ["c/templates/both.yaml", `${HOOK}---\n${OBJECT}`],
  ["c/templates/other.yaml", OBJECT.replace("name: o", "name: p")],
]);
const one = { plugin: "labels", digest: "sha256:1", args: [], config: {} };

/** Marks every document, and writes down what it was given. */
function marking(mark: string, given: string[] = []): RunPostRenderer {
  return async (_renderer, stream) => {
    given.push(stream);
    return stream.replaceAll(/^kind: (\w+)/gm, `kind: $1\nmark: ${mark}`);
  };
}

async function run(job: Partial<PostRenderJob>) {
  return postRender(FILES, { renderers: [one], strategy: "combined", run: marking("x"), ...job });
}

const marked = (text: string): string => text.replace(/^kind: (\w+)/m, "kind: $1\nmark: x");

describe("post-rendering", () => {
  it.each([
    ["combined", 1, `${marked(HOOK)}---\n${marked(OBJECT)}`],
    ["separate", 2, `${marked(HOOK)}\n---\n${marked(OBJECT)}`],
    ["nohooks", 1, `${HOOK}\n---\n${marked(OBJECT)}`],
  ] as const)("passes hooks and manifests as %s", async (strategy, calls, both) => {
    const given: string[] = [];
    const files = await run({ strategy, run: marking("x", given) });
    expect(given).toHaveLength(calls);
    expect(files.get("c/templates/both.yaml")).toBe(both);
    expect([...files.keys()].sort()).toEqual([...FILES.keys()]);
  });

  it("gives each post-renderer what the one before made", async () => {
    const names: string[] = [];
    const files = await run({
      renderers: [one, { ...one, plugin: "second" }],
      run: async (renderer, stream) => {
        names.push(renderer.plugin);
        return stream.replaceAll("name: p", `name: p-${renderer.plugin}`);
      },
    });
    expect(names).toEqual(["labels", "second"]);
    expect(files.get("c/templates/other.yaml")).toContain("name: p-second-labels");
  });

  it("lets a post-renderer add and remove documents", async () => {
    const files = await run({ run: async () => "kind: New\n" });
    expect([...files]).toEqual([["generated-by-postrender-0.yaml", "kind: New\n"]]);
  });

  it.each([
    ["combined", "error while running post render on files"],
    ["separate", "error while running post render on hooks"],
    ["nohooks", "error while running post render on manifests"],
  ] as const)("says what failed, in helm's words, for %s", async (strategy, words) => {
    const failing: RunPostRenderer = () =>
      Promise.reject(
        pluginError("guest-error", { name: "labels", digest: "sha256:1" }, "plugin error: no", { guest: "no" }),
      );
    await expect(run({ strategy, run: failing })).rejects.toMatchObject({
      code: "render-failed",
      message: `${words}: failed to invoke post-renderer plugin "labels": plugin labels (sha256:1): plugin error: no`,
      detail: { cause: "guest-error", plugin: "labels", digest: "sha256:1", guest: "no" },
    });
    await expect(run({ strategy, run: async () => " \n" })).rejects.toMatchObject({
      message: `${words}: post-renderer "labels" produced empty output`,
    });
  });

  it("refuses output that is no YAML", async () => {
    await expect(run({ run: async () => "a: [" })).rejects.toMatchObject({
      code: "render-failed",
      message: expect.stringContaining(
        "error while parsing post rendered output: error parsing YAML: MalformedYAMLError",
      ),
    });
  });
});
