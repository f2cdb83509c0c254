import { describe, expect, it } from "vitest";
import { breaches, cycles, readSources } from "./layers.ts";

const root = new URL("../..", import.meta.url).pathname;

describe("the layers of the house", () => {
  const sources = readSources(root);

  it("finds the sources that it checks", () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  it("has no import upwards, sideways between folders, or of a vendor outside infra", () => {
    expect(breaches(sources)).toEqual([]);
  });

  it("has no cycle of value imports", () => {
    expect(cycles(sources)).toEqual([]);
  });
});

describe("the layer test itself", () => {
  const planted: readonly {
    readonly name: string;
    readonly path: string;
    readonly text: string;
    readonly breach: string;
  }[] = [
    {
      name: "the engine importing functions",
      path: "engine/kube/fault.ts",
      text: 'import { createApp } from "../../functions/app.ts";',
      breach: "engine must not import functions",
    },
    {
      name: "chart importing kube, which stands beside it",
      path: "engine/chart/fault.ts",
      text: 'import { readLive } from "../kube/client.ts";',
      breach: "engine/chart must not import engine/kube",
    },
    {
      name: "render importing kube",
      path: "engine/render/fault.ts",
      text: 'import { readLive } from "../kube/client.ts";',
      breach: "engine/render must not import engine/kube",
    },
    {
      name: "template importing sprig",
      path: "engine/template/fault.ts",
      text: 'import { sprigFunctions } from "../sprig/index.ts";',
      breach: "engine/template must not import engine/sprig",
    },
    {
      name: "the engine naming Node",
      path: "engine/go/fault.ts",
      text: 'import { readFileSync } from "node:fs";',
      breach: "only infra names a vendor or a runtime",
    },
    {
      name: "the registry naming a vendor in a dynamic import",
      path: "registry/content/fault.ts",
      text: 'const s3 = await import("@aws-sdk/client-s3");',
      breach: "only infra names a vendor or a runtime",
    },
    {
      name: "functions importing test",
      path: "functions/http/fault.ts",
      text: 'export { row } from "../../test/support/table.ts";',
      breach: "nothing imports test",
    },
    {
      name: "a folder that has no line",
      path: "engine/utils/fault.ts",
      text: 'import { EngineError } from "../errors.ts";',
      breach: "has no line in the layer table",
    },
  ];
  for (const { name, path, text, breach } of planted) {
    it(`catches ${name}`, () => {
      expect(breaches([{ path, text }]).join("\n")).toContain(breach);
    });
  }

  it("lets a type pass sideways", () => {
    const text = 'import type { Chart } from "../chart/chart.ts";\nimport { type Hook } from "../manifest/hook.ts";';
    expect(breaches([{ path: "engine/kube/fault.ts", text }])).toEqual([]);
  });

  it("catches a cycle of value imports", () => {
    const a = { path: "engine/go/a.ts", text: 'import { b } from "./b.ts";' };
    const b = { path: "engine/go/b.ts", text: 'import { a } from "./a.ts";' };
    expect(cycles([a, b])).toHaveLength(1);
  });
});
