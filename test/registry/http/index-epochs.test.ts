import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import type { Project } from "../../../registry/projects/project.ts";
import type { PullPolicy } from "../../../registry/projects/pull-policy.ts";
import { openRegistry, type TestRegistry } from "../../support/registry.ts";
import { answerFrom, classicUpstream, fakeEgress, ociUpstream } from "../../support/upstream.ts";

const TTL = 61_000;
const DAY = 86_400_000;

const oci = (policy?: PullPolicy): Project => ({
  kind: "proxy",
  name: "oci",
  upstream: ociUpstream({ prefix: "lib/" }),
  ...(policy === undefined ? {} : { policy }),
});
const classic = (policy?: PullPolicy): Project => ({
  kind: "proxy",
  name: "classic",
  upstream: classicUpstream({ url: "https://up.test/helm/lib" }),
  ...(policy === undefined ? {} : { policy }),
});
const own: Project = { kind: "hosted", name: "own" };
const group = (members: readonly string[], merge?: readonly string[]): Project => ({
  kind: "group",
  name: "group",
  members: members.map((project) => ({ project })),
  ...(merge === undefined ? {} : { merge }),
});

interface World {
  readonly origin: TestRegistry;
  /** Two over one store. */
  readonly replicas: readonly TestRegistry[];
  readonly registry: TestRegistry;
  readonly clock: { now: number };
  /** Whole lists of tags that were read since the last call: writing an index reads them. */
  readonly taken: () => number;
}

async function openWorld(projects: readonly Project[]): Promise<World> {
  const origin = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  await origin.pushChart("lib", { name: "web", version: "1.0.0" });
  const clock = { now: Date.now() };
  const inner = createMemoryStore();
  let lists = 0;
  const store: ObjectStore = {
    ...inner,
    list: async (prefix, options) => {
      if (prefix.startsWith("tags/") && options?.limit === undefined) lists++;
      return await inner.list(prefix, options);
    },
  };
  const open = (): TestRegistry =>
    openRegistry({ projects, store, egress: fakeEgress(answerFrom(origin)), now: () => clock.now });
  const replicas = [open(), open()];
  const registry = open();
  await registry.pushChart("own", { name: "mine", version: "1.0.0" }).catch(() => undefined);
  const taken = (): number => {
    const before = lists;
    lists = 0;
    return before;
  };
  return { origin, replicas, registry, clock, taken };
}

interface Entry {
  readonly version: string;
  readonly description?: string;
}

async function shownBy(registry: TestRegistry, project: string): Promise<Record<string, readonly string[]>> {
  const answer = await registry.ask("GET", `/helm/${project}/index.json`);
  const { entries } = (await answer.json()) as { readonly entries: Record<string, readonly Entry[]> };
  return Object.fromEntries(
    Object.entries(entries).map(([name, all]) => [name, all.map(({ version }) => version)] as const),
  );
}

interface Change {
  readonly what: string;
  readonly make: (world: World) => Promise<void>;
  readonly shows: Record<string, readonly string[]>;
}

const push =
  (version: string): Change["make"] =>
  async ({ origin, clock }) => {
    await origin.pushChart("lib", { name: "web", version, created: new Date(clock.now).toISOString() });
    clock.now += TTL;
  };
const pushOwn =
  (name: string): Change["make"] =>
  async ({ registry }) => {
    await registry.pushChart("own", { name, version: "2.0.0" });
  };
const cool: Change["make"] = async ({ clock }) => {
  clock.now += DAY;
};
const pull: Change["make"] = async ({ registry }) => {
  await registry.ask("GET", "/helm/oci/web-1.1.0.tgz");
};

const MINE = { mine: ["1.0.0"] };
const newer: Change = { what: "a new upstream tag", make: push("1.1.0"), shows: { web: ["1.1.0", "1.0.0"] } };

const kinds: readonly {
  readonly kind: string;
  readonly projects: readonly Project[];
  readonly project: string;
  readonly first: Record<string, readonly string[]>;
  readonly changes: readonly Change[];
}[] = [
  { kind: "another registry", projects: [oci(), own], project: "oci", first: { web: ["1.0.0"] }, changes: [newer] },
  {
    kind: "another registry with a cooldown",
    projects: [oci({ cooldown: DAY }), own],
    project: "oci",
    first: { web: ["1.0.0"] },
    changes: [
      // Its date is known when somebody asks for it.
      newer,
      { what: "a refusal", make: pull, shows: { web: ["1.0.0"] } },
      { what: "the end of the cooldown", make: cool, shows: { web: ["1.1.0", "1.0.0"] } },
    ],
  },
  {
    kind: "a chart repository with a cooldown",
    projects: [classic({ cooldown: DAY }), own],
    project: "classic",
    first: { web: ["1.0.0"] },
    changes: [
      { what: "a new upstream version", make: push("1.1.0"), shows: { web: ["1.0.0"] } },
      { what: "the end of the cooldown", make: cool, shows: { web: ["1.1.0", "1.0.0"] } },
    ],
  },
  {
    kind: "a group",
    projects: [own, classic(), group(["own", "classic"])],
    project: "group",
    first: { ...MINE, web: ["1.0.0"] },
    changes: [
      { what: "a push to a member", make: pushOwn("mine"), shows: { mine: ["2.0.0", "1.0.0"], web: ["1.0.0"] } },
      {
        what: "a new upstream version",
        make: push("1.1.0"),
        shows: { mine: ["2.0.0", "1.0.0"], web: ["1.1.0", "1.0.0"] },
      },
      {
        what: "a name that an earlier member takes",
        make: pushOwn("web"),
        shows: { mine: ["2.0.0", "1.0.0"], web: ["2.0.0"] },
      },
    ],
  },
  {
    kind: "a group with another registry",
    projects: [own, oci(), group(["oci", "own"])],
    project: "group",
    first: { ...MINE, web: ["1.0.0"] },
    changes: [
      { what: "a push to a member", make: pushOwn("more"), shows: { ...MINE, more: ["2.0.0"], web: ["1.0.0"] } },
      { what: "a new upstream tag", make: push("1.1.0"), shows: { ...MINE, more: ["2.0.0"], web: ["1.1.0", "1.0.0"] } },
      {
        what: "a repository that the other registry has since",
        make: async ({ origin, clock }) => {
          await origin.pushChart("lib", { name: "mine", version: "9.0.0" });
          clock.now += TTL;
        },
        shows: { mine: ["9.0.0"], more: ["2.0.0"], web: ["1.1.0", "1.0.0"] },
      },
    ],
  },
  {
    kind: "a group that merges",
    projects: [own, classic(), group(["own", "classic"], ["*"])],
    project: "group",
    first: { ...MINE, web: ["1.0.0"] },
    changes: [
      { what: "a push to the first", make: pushOwn("web"), shows: { ...MINE, web: ["2.0.0", "1.0.0"] } },
      { what: "a new upstream version", make: push("1.1.0"), shows: { ...MINE, web: ["2.0.0", "1.1.0", "1.0.0"] } },
    ],
  },
];

describe("the index of", () => {
  it.each(kinds)("$kind is written once by each process, and anew after each change", async (row) => {
    const world = await openWorld(row.projects);
    const { registry, replicas, taken } = world;
    await registry.ask("GET", "/v2/oci/web/manifests/1.0.0");
    const settled = async (shows: Record<string, readonly string[]>, what: string): Promise<void> => {
      for (const each of [registry, ...replicas]) expect(await shownBy(each, row.project), what).toEqual(shows);
      taken();
      for (const each of [registry, ...replicas]) expect(await shownBy(each, row.project), what).toEqual(shows);
      expect(taken(), `${what}: read again`).toBe(0);
    };
    await settled(row.first, "at first");
    for (const { what, make, shows } of row.changes) {
      await make(world);
      await settled(shows, what);
    }
    expect(registry.defects).toEqual([]);
  });

  const described = async (registry: TestRegistry): Promise<string | undefined> => {
    const { entries } = (await (await registry.ask("GET", "/helm/oci/index.json")).json()) as {
      readonly entries: Record<string, readonly Entry[]>;
    };
    return entries["late"]?.[0]?.description;
  };

  it.each([
    ["its config comes", "1.0.0", ""],
    ["its tag is pulled of which all is here", "", "1.0.0"],
  ])("another registry shows what Chart.yaml says when %s, however late", async (_, first, last) => {
    const { registry, origin } = await openWorld([oci()]);
    const digest = await origin.pushChart("lib", { name: "late", version: "1.0.0", fields: { description: "words" } });
    const pulled = async (reference: string) => await registry.ask("GET", `/v2/oci/late/manifests/${reference}`);
    const { config } = (await (await pulled(first || digest)).json()) as {
      readonly config: { readonly digest: string };
    };
    const read = async () => await (await registry.ask("GET", `/v2/oci/late/blobs/${config.digest}`)).bytes();
    if (last !== "") await read();
    expect(await described(registry)).toBeUndefined();
    await (last === "" ? read() : pulled(last));
    await expect.poll(async () => await described(registry)).toBe("words");
  });

  it("another registry lists nothing that was refused while somebody read it", async () => {
    const inner = createMemoryStore();
    let during: (() => Promise<unknown>) | undefined;
    const store: ObjectStore = {
      ...inner,
      put: async (key, ...rest) => {
        const read = key.includes("/facts/") ? during : undefined;
        if (read !== undefined) {
          during = undefined;
          await read();
        }
        return await inner.put(key, ...rest);
      },
    };
    const { origin, clock } = await openWorld([]);
    const registry = openRegistry({
      projects: [oci({ cooldown: DAY })],
      store,
      egress: fakeEgress(answerFrom(origin)),
      now: () => clock.now,
    });
    await registry.ask("GET", "/v2/oci/web/manifests/1.0.0");
    await origin.pushChart("lib", { name: "web", version: "1.1.0", created: new Date(clock.now).toISOString() });
    clock.now += TTL;
    const seen: unknown[] = [];
    during = async () => {
      await expect.poll(async () => (await store.list("tags/oci!web/")).items.length).toBe(2);
      seen.push(await shownBy(registry, "oci"));
    };
    expect((await registry.ask("GET", "/v2/oci/web/manifests/1.1.0")).status).toBe(403);
    expect(seen).toEqual([{ web: ["1.1.0", "1.0.0"] }]);
    expect(await shownBy(registry, "oci")).toEqual({ web: ["1.0.0"] });
  });
});
