import { array, assert, asyncProperty, constantFrom, record } from "fast-check";
import { expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import { HOSTED, openRegistry, type TestRegistry } from "../../support/registry.ts";

const projects: readonly Project[] = [
  HOSTED,
  { kind: "group", name: "all", members: [{ project: "charts" }] },
  { kind: "group", name: "none", members: [] },
];

it.each(["charts", "all", "none"])("an index of %s is the same at any time and on any replica", async (project) => {
  const store = createMemoryStore();
  const replica = (now: number): TestRegistry => openRegistry({ store, projects, now: () => now });
  const [one, two] = [replica(1_700_000_000_000), replica(1_800_000_000_000)];
  await one.pushChart("charts", { name: "a", version: "1.0.0" });
  const ask = async (registry: TestRegistry): Promise<Response> =>
    await registry.ask("GET", `/helm/${project}/index.yaml`);
  const first = await ask(one);
  const tag = first.headers.get("etag") ?? "";
  expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
  expect((await ask(one)).headers.get("etag")).toBe(tag);
  expect((await ask(two)).headers.get("etag")).toBe(tag);
  const { generated } = (await first.json()) as { generated: string };
  expect(generated).toBe(project === "none" ? "1970-01-01T00:00:00.000Z" : "2024-01-02T03:04:05.000Z");
  const known = await two.ask("GET", `/helm/${project}/index.yaml`, { headers: { "if-none-match": tag } });
  expect(known?.status).toBe(304);
});

// Helm refuses a whole index for one time that Go's time.Parse does not take.
it.each([
  ["2024-02-29T23:59:59Z", true],
  ["2024-01-02T03:04:05.123456789+02:00", true],
  ["2024-02-30T00:00:00Z", false],
  ["2024-01-02T24:00:00Z", false],
  ["2024-01-02", false],
  ["+012024-01-02T03:04:05Z", false],
  ["yesterday", false],
])("a version made at %s says so: %s", async (created, says) => {
  const registry = openRegistry();
  await registry.pushChart("charts", { name: "a", version: "1.0.0", created });
  const index = (await (await registry.ask("GET", "/helm/charts/index.yaml")).json()) as Record<string, unknown>;
  expect(index).toHaveProperty("entries.a.0.version", "1.0.0");
  if (says) expect(index).toHaveProperty("entries.a.0.created", created);
  else expect(index).not.toHaveProperty("entries.a.0.created");
});

const names = ["a", "b", "c"];
const versions = ["1.0.0", "1.1.0", "2.0.0"];

async function indexOf(registry: TestRegistry): Promise<unknown> {
  const response = await registry.ask("GET", "/helm/charts/index.yaml");
  const { entries } = (await response.json()) as { entries: unknown };
  return entries;
}

/** Tells which repositories had their tags listed. */
function watched(store: ObjectStore): { readonly store: ObjectStore; readonly take: () => readonly string[] } {
  const listed: string[] = [];
  return {
    store: {
      ...store,
      list: async (prefix, options) => {
        if (prefix.startsWith("tags/")) listed.push(prefix);
        return await store.list(prefix, options);
      },
    },
    take: () => listed.splice(0),
  };
}

it("after a push only the pushed chart is read again", async () => {
  const { store, take } = watched(createMemoryStore());
  const registry = openRegistry({ store });
  for (const name of names) await registry.pushChart("charts", { name, version: "1.0.0" });
  await indexOf(registry);
  expect(take().toSorted()).toEqual(names.map((name) => `tags/charts!${name}/`));
  await registry.pushChart("charts", { name: "b", version: "1.1.0" });
  const index = await indexOf(registry);
  expect(take()).toEqual(["tags/charts!b/"]);
  expect(index).toEqual(await indexOf(openRegistry({ store })));
});

const push = (registry: TestRegistry, repository: string, version: string, name = "web") =>
  registry.pushChart("charts", { name, version, repository });

it.each([
  ["beside a direct one takes nothing from it", ["team/web", "web"], { "team/web": "team/web", web: "web" }],
  ["alone stands under its chart's name too", ["team/web"], { "team/web": "team/web", web: "team/web" }],
  [
    "beside another has no short name, as neither has the other",
    ["ops/web", "team/web"],
    { "ops/web": "ops/web", "team/web": "team/web" },
  ],
  ["of another name than its chart takes no name", ["other", "web"], { other: "other", web: "web" }],
])("a nested chart %s", async (_name, repositories, expected) => {
  const registry = openRegistry();
  for (const [at, repository] of repositories.entries()) await push(registry, repository, `${at + 1}.0.0`);
  const index = (await indexOf(registry)) as Record<string, { version: string; urls: string[] }[]>;
  const shown = Object.entries(index).map(([key, [entry]]) => [key, entry?.urls[0]]);
  const wanted = Object.entries(expected).map(([key, at]) => [key, `${at}-${repositories.indexOf(at) + 1}.0.0.tgz`]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted));
});

it("another process's push is seen by the next read", async () => {
  const store = createMemoryStore();
  const [one, two] = [openRegistry({ store }), openRegistry({ store })];
  await one.pushChart("charts", { name: "a", version: "1.0.0" });
  expect(await indexOf(two)).toMatchObject({ a: [{ version: "1.0.0" }] });
  await one.pushChart("charts", { name: "a", version: "2.0.0" });
  expect(await indexOf(two)).toMatchObject({ a: [{ version: "2.0.0" }, { version: "1.0.0" }] });
  await two.ask("DELETE", "/v2/charts/a/manifests/2.0.0");
  expect(await indexOf(one)).toMatchObject({ a: [{ version: "1.0.0" }] });
});

it("a push that fails behind its tag, and cannot take it back, leaves no stale index", async () => {
  const inner = createMemoryStore();
  let broken = false;
  const store: ObjectStore = {
    ...inner,
    get: async (key, range) => {
      if (broken && key.startsWith("manifests/")) return undefined;
      return await inner.get(key, range);
    },
    delete: async (key, etag) => (broken && key.startsWith("tags/") ? false : await inner.delete(key, etag)),
  };
  const registry = openRegistry({ store });
  await registry.pushChart("charts", { name: "a", version: "1.0.0" });
  await registry.pushChart("charts", { name: "b", version: "1.0.0" });
  await indexOf(registry);
  broken = true;
  await expect(registry.pushChart("charts", { name: "a", version: "2.0.0" })).rejects.toThrow();
  broken = false;
  expect(await indexOf(registry)).toEqual(await indexOf(openRegistry({ store })));
});

it("whatever was pushed, moved and deleted, an index from old pieces is the one from scratch", async () => {
  const step = record({
    kind: constantFrom("push", "push", "delete", "read" as const),
    name: constantFrom(...names),
    version: constantFrom(...versions),
    values: constantFrom("a: 1\n", "a: 2\n"),
  });
  await assert(
    asyncProperty(array(step, { maxLength: 12 }), async (steps) => {
      const store = createMemoryStore();
      const registry = openRegistry({ store });
      for (const { kind, name, version, values } of steps) {
        if (kind === "push") await registry.pushChart("charts", { name, version, values });
        else if (kind === "delete") await registry.ask("DELETE", `/v2/charts/${name}/manifests/${version}`);
        else await indexOf(registry);
      }
      expect(await indexOf(registry)).toEqual(await indexOf(openRegistry({ store })));
    }),
    { numRuns: 40 },
  );
});
