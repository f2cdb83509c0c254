import { type Arbitrary, array, assert, asyncProperty, constant, constantFrom, nat, oneof, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../infra/node/memory-store.ts";
import type { ObjectStore } from "../../../registry/content/object-store.ts";
import { collectOnce } from "../../support/collection.ts";
import { interleavedStore } from "../../support/interleaved-store.ts";
import { imageOf, openRegistry, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";

const MINUTE = 60_000;
const GRACE = 15 * MINUTE;

/** Images share configs and layers, so that one's end is not the other's. */
const images = [
  ["{}", "a"],
  ["{}", "b"],
  ["{ }", "a"],
].map(([config = "", layer = ""]) => {
  const manifest = JSON.stringify(imageOf(utf8(config), utf8(layer)));
  return { blobs: [utf8(config), utf8(layer)], manifest, digest: sha256(utf8(manifest)) };
});
const repositories = ["charts/one", "charts/two"];
const tags = ["1", "2"];

type Step =
  | { readonly kind: "push"; readonly repository: string; readonly image: number; readonly tag: string | undefined }
  | { readonly kind: "mount"; readonly repository: string; readonly from: string; readonly image: number }
  | { readonly kind: "delete"; readonly repository: string; readonly image: number }
  | { readonly kind: "untag"; readonly repository: string; readonly tag: string }
  | { readonly kind: "linger"; readonly repository: string };

const repository = constantFrom(...repositories);
const image = nat(images.length - 1);
const step: Arbitrary<Step> = oneof(
  {
    weight: 3,
    arbitrary: record({
      kind: constant("push" as const),
      repository,
      image,
      tag: constantFrom(undefined, ...tags),
    }),
  },
  { weight: 2, arbitrary: record({ kind: constant("mount" as const), repository, from: repository, image }) },
  { weight: 2, arbitrary: record({ kind: constant("delete" as const), repository, image }) },
  {
    weight: 1,
    arbitrary: record({ kind: constant("untag" as const), repository, tag: constantFrom(...tags) }),
  },
  { weight: 2, arbitrary: record({ kind: constant("linger" as const), repository }) },
);

/** Reads of one who lingers: while they go on, time passes and the collector comes on. */
const LINGERING = 16;

/** What callers did to the manifests: an acceptance counts until a deletion begins, and one that overlaps a deletion never does. */
function createHistory() {
  const accepted = new Set<string>();
  const deletions = new Map<string, number>();
  return {
    accepted,
    deletionsOf: (key: string) => deletions.get(key) ?? 0,
    accept: (key: string, deletionsBefore: number, running: ReadonlySet<string>) => {
      if ((deletions.get(key) ?? 0) === deletionsBefore && !running.has(key)) accepted.add(key);
    },
    remove: (key: string) => {
      accepted.delete(key);
      deletions.set(key, (deletions.get(key) ?? 0) + 1);
    },
  };
}
type History = ReturnType<typeof createHistory>;

async function statusOf(registry: TestRegistry, method: string, path: string, body?: Uint8Array): Promise<number> {
  const headers = body === undefined ? {} : { "content-length": String(body.length) };
  const response = await registry.ask(method, path, body === undefined ? {} : { body: new Uint8Array(body), headers });
  if (method !== "HEAD") await response.arrayBuffer();
  return response.status;
}

/** Pushes as clients do: what is said to be there is not sent. */
async function sendBlobs(
  registry: TestRegistry,
  name: string,
  blobs: readonly Uint8Array[],
  from?: string,
): Promise<void> {
  for (const blob of blobs) {
    const digest = sha256(blob);
    const mount = from === undefined ? "" : `?mount=${digest}&from=${from}`;
    if (from === undefined && (await statusOf(registry, "HEAD", `/v2/${name}/blobs/${digest}`)) === 200) continue;
    if (from !== undefined && (await statusOf(registry, "POST", `/v2/${name}/blobs/uploads/${mount}`)) === 201)
      continue;
    await statusOf(registry, "POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, blob);
  }
}

function createActor(registry: TestRegistry, history: History, deleting: Set<string>) {
  return async (script: readonly Step[]): Promise<void> => {
    for (const each of script) {
      if (each.kind === "untag") {
        await statusOf(registry, "DELETE", `/v2/${each.repository}/manifests/${each.tag}`);
        continue;
      }
      if (each.kind === "linger") {
        for (let i = 0; i < LINGERING; i++) await statusOf(registry, "GET", `/v2/${each.repository}/tags/list`);
        continue;
      }
      const { blobs, manifest, digest } = images[each.image] ?? { blobs: [], manifest: "", digest: "" };
      const key = `${each.repository}@${digest}`;
      if (each.kind === "delete") {
        history.remove(key);
        deleting.add(key);
        await statusOf(registry, "DELETE", `/v2/${each.repository}/manifests/${digest}`);
        deleting.delete(key);
        continue;
      }
      const before = deleting.has(key) ? -1 : history.deletionsOf(key);
      await sendBlobs(registry, each.repository, blobs, each.kind === "mount" ? each.from : undefined);
      const reference = (each.kind === "push" ? each.tag : undefined) ?? digest;
      const status = await statusOf(registry, "PUT", `/v2/${each.repository}/manifests/${reference}`, utf8(manifest));
      expect([201, 404, 503]).toContain(status);
      if (status === 201) history.accept(key, before, deleting);
    }
  };
}

async function bytesAt(registry: TestRegistry, path: string): Promise<string> {
  const response = await registry.ask("GET", path);
  return response.status === 200 ? sha256(new Uint8Array(await response.arrayBuffer())) : String(response.status);
}

/** Whatever can be pulled is whole and listed, and whatever was accepted and not deleted can be pulled. */
async function expectPullable(registry: TestRegistry, history: History): Promise<void> {
  const catalog = await (await registry.ask("GET", "/v2/_catalog")).text();
  for (const name of repositories) {
    for (const { digest, blobs } of images) {
      const found = await bytesAt(registry, `/v2/${name}/manifests/${digest}`);
      const isAccepted = history.accepted.has(`${name}@${digest}`);
      if (isAccepted) expect(found).toBe(digest);
      if (found === "404") continue;
      expect(found).toBe(digest);
      expect(catalog).toContain(`"${name}"`);
      for (const blob of blobs) expect(await bytesAt(registry, `/v2/${name}/blobs/${sha256(blob)}`)).toBe(sha256(blob));
    }
    for (const tag of tags) {
      const path = `/v2/${name}/manifests/${tag}`;
      const found = await registry.ask("GET", path);
      await found.arrayBuffer();
      expect((await registry.ask("HEAD", path)).status).toBe(found.status);
      if (found.status !== 200) continue;
      const digest = found.headers.get("docker-content-digest") ?? "";
      expect(await bytesAt(registry, `/v2/${name}/manifests/${digest}`)).toBe(digest);
    }
  }
}

interface Story {
  readonly scripts: readonly (readonly Step[])[];
  readonly choices: readonly number[];
}

const story: Arbitrary<Story> = record({
  scripts: array(array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
  choices: array(nat(1_000_000), { minLength: 50, maxLength: 400 }),
});

/** Plays a story; gives how many objects and names were taken. */
async function play({ scripts, choices }: Story): Promise<{ readonly content: number; readonly names: number }> {
  let at = 0;
  const choose = (below: number): number => (choices[at++ % choices.length] ?? 0) % Math.max(1, below);
  let memory: ObjectStore | undefined;
  const interleaved = interleavedStore((now) => (memory = createMemoryStore(now)), {
    choose,
    patience: 5 * MINUTE,
    tick: 4 * MINUTE,
    start: 1_700_000_000_000,
  });
  const { store, now } = interleaved;
  const history = createHistory();
  const deleting = new Set<string>();
  const working = new Set(scripts.keys());
  const taken = { content: 0, names: 0 };
  const actors = scripts.map((script, index) => async () => {
    // A server of its own each: nothing that one knows of the collection helps another.
    const actor = createActor(openRegistry({ store, now, grace: GRACE }), history, deleting);
    await actor(script).finally(() => working.delete(index));
  });
  const collector = async (): Promise<void> => {
    const { collector: each } = openRegistry({ store, now, grace: GRACE });
    for (let epochs = 0; working.size > 0 || epochs < 2;) {
      const report = await each.advance({ calls: 40, dryRun: false });
      if (report.state !== "done") continue;
      epochs++;
      taken.content += report.counts.blobsTaken + report.counts.linksTaken;
      taken.names += report.counts.namesTaken;
    }
  };
  await interleaved.run([...actors, collector]);
  let end = now();
  const sound = openRegistry({ store: memory ?? createMemoryStore(), now: () => end, grace: GRACE });
  await expectPullable(sound, history);
  for (let i = 0; i < 4; i++) {
    end += 2 * GRACE;
    await collectOnce(sound);
  }
  await expectPullable(sound, history);
  return taken;
}

describe("pushes, mounts, deletions and collections, interleaved at every call of the store", () => {
  it("leave every manifest that can be pulled with all its content", { timeout: 300_000 }, async () => {
    const taken = { content: 0, names: 0 };
    await assert(
      asyncProperty(story, async (each) => {
        const { content, names } = await play(each);
        taken.content += content;
        taken.names += names;
      }),
      { numRuns: 250 },
    );
    // Stories in which nothing is ever taken would prove nothing.
    expect(taken.content).toBeGreaterThan(50);
    expect(taken.names).toBeGreaterThan(5);
  });
});
