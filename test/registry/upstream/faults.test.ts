import { mkdtempSync, rmSync } from "node:fs";
import { Server as TlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { openEgress } from "../../../infra/node/egress.ts";
import { createFilesystemStore } from "../../../infra/node/filesystem-store.ts";
import type { Upstream } from "../../../registry/upstream/upstream.ts";
import { selfSigned } from "../../support/certificate.ts";
import { type Fault, type FaultyUpstream, startFaultyUpstream } from "../../support/faulty-upstream.ts";
import { errorCodes, imageOf, INDEX, MANIFEST, openRegistry, packChart, sha256, utf8 } from "../../support/registry.ts";
import { FRESHNESS } from "../../support/upstream.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-upstream-"));
const { egress, close: closeEgress } = openEgress();
const clock = { offset: 0 };
const upstreams: FaultyUpstream[] = [];
/** Stores of one test: all of them together take long to remove. */
const folders: string[] = [];
const DAY = 24 * 3_600_000;
const trusted = selfSigned({ from: Date.now() - DAY, until: Date.now() + DAY });
const expired = selfSigned({ from: Date.now() - 2 * DAY, until: Date.now() - DAY });
const authorities = getCACertificates("default");
setDefaultCACertificates([...authorities, trusted.cert, expired.cert]);
const elsewhere = await startFaultyUpstream(trusted);

afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, maxRetries: 3 });
});
afterAll(async () => {
  setDefaultCACertificates(authorities);
  await elsewhere.close();
  await closeEgress();
  rmSync(root, { recursive: true });
});

/** A version of the chart `web` as both kinds of upstream have it. */
interface Edition {
  readonly manifest: Uint8Array;
  readonly layer: Uint8Array;
  readonly archive: Uint8Array;
}

async function edition(values: string): Promise<Edition> {
  const layer = utf8(`layer ${values}`);
  return {
    manifest: utf8(JSON.stringify(imageOf(utf8("{}"), layer))),
    layer,
    archive: await packChart({ name: "web", version: "1.0.0", values }),
  };
}

const first = await edition("a: 1\n");
const second = await edition("a: 2\n");
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function publish({ files }: FaultyUpstream, { manifest, layer, archive }: Edition, tags: readonly string[]): void {
  const digest = sha256(manifest);
  const headers = { "content-type": MANIFEST, "docker-content-digest": digest };
  for (const reference of ["1.0.0", digest])
    files.set(`/v2/lib/web/manifests/${reference}`, { bytes: manifest, headers });
  files.set(`/v2/lib/web/blobs/${sha256(layer)}`, { bytes: layer });
  files.set("/v2/lib/web/tags/list", { bytes: utf8(JSON.stringify({ name: "lib/web", tags })) });
  const note = { mediaType: MANIFEST, digest: sha256(layer), size: 1, annotations: { tags: tags.join() } };
  files.set(`/v2/lib/web/referrers/${sha256(first.manifest)}`, {
    bytes: utf8(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [note] })),
    headers: { "content-type": INDEX },
  });
  const hex = sha256(archive).slice("sha256:".length);
  const entry = `  web:\n  - name: web\n    version: 1.0.0\n    urls: [web-1.0.0.tgz]\n    digest: ${hex}\n`;
  files.set("/repo/index.yaml", { bytes: utf8(`apiVersion: v1\nentries:\n${entry}`) });
  files.set("/repo/web-1.0.0.tgz", { bytes: archive });
}

/** A registry over a folder, as a new process has it. */
function openOver(folder: string, upstream: FaultyUpstream, deadline: number) {
  const policy = {
    name: "upstream test",
    hosts: [upstream.host],
    elsewhere: "public",
    plainHttp: true,
    privateAddresses: true,
  } as const;
  const base = { policy, freshness: { ...FRESHNESS, deadline } };
  const of = (name: string, more: Upstream) => ({ kind: "proxy", name, upstream: more }) as const;
  const counts: string[] = [];
  const registry = openRegistry({
    store: createFilesystemStore(folder),
    egress,
    now: () => Date.now() + clock.offset,
    projects: [
      of("oci", { ...base, kind: "oci", url: upstream.origin, prefix: "lib/" }),
      of("classic", { ...base, kind: "classic", url: `${upstream.origin}/repo` }),
    ],
    count: ({ subject, outcome }) => void counts.push(`${subject} ${outcome}`),
  });
  return { registry, counts };
}

const LONG = 60_000;
/** What hangs is given up after this; nothing in a row waits for more than that. */
const SHORT = 300;

async function openWorld(identity?: Parameters<typeof startFaultyUpstream>[0]) {
  const upstream = await startFaultyUpstream(identity);
  upstreams.push(upstream);
  publish(upstream, first, ["1.0.0"]);
  const folder = mkdtempSync(join(root, "store-"));
  folders.push(folder);
  return { upstream, folder, open: (deadline = LONG) => openOver(folder, upstream, deadline) };
}

type World = Awaited<ReturnType<typeof openWorld>>;
type Opened = ReturnType<World["open"]>;

/** What a client asks for, and the path at the upstream that fails meanwhile. */
interface Question {
  readonly ask: string;
  readonly fails: RegExp;
  /** What a good answer is. */
  readonly tell: (response: Response) => Promise<string>;
}

const byDigest = async (response: Response): Promise<string> => {
  const digest = sha256(new Uint8Array(await response.arrayBuffer()));
  if (digest === sha256(first.manifest)) return "first";
  return digest === sha256(second.manifest) ? "second" : text(new Uint8Array(await response.clone().arrayBuffer()));
};
/** The artifact of a classic chart: told by the archive that it names. */
const byArchive = async (response: Response): Promise<string> => {
  const body = await response.text();
  return body.includes(sha256(first.archive)) ? "first" : body.includes(sha256(second.archive)) ? "second" : body;
};

const questions = {
  manifest: { ask: "/v2/oci/web/manifests/1.0.0", fails: /\/manifests\//, tell: byDigest },
  digest: { ask: `/v2/oci/web/manifests/${sha256(first.manifest)}`, fails: /\/manifests\//, tell: byDigest },
  blob: {
    ask: `/v2/oci/web/blobs/${sha256(first.layer)}`,
    fails: /\/blobs\//,
    tell: async (response) => ((await response.text()) === text(first.layer) ? "first" : "other"),
  },
  tags: {
    ask: "/v2/oci/web/tags/list",
    fails: /\/tags\/list/,
    tell: async (response) => ((await response.text()).includes("2.0.0") ? "second" : "first"),
  },
  referrers: {
    ask: `/v2/oci/web/referrers/${sha256(first.manifest)}`,
    fails: /\/referrers\/|\/manifests\/sha256-/,
    tell: async (response) => {
      const list = await response.text();
      return list.includes("2.0.0") ? "second" : list.includes("1.0.0") ? "first" : "none";
    },
  },
  archive: { ask: "/v2/classic/web/manifests/1.0.0", fails: /\.tgz$/, tell: byArchive },
  provenance: { ask: "/v2/classic/web/manifests/1.0.0", fails: /\.prov$/, tell: byArchive },
  index: { ask: "/v2/classic/web/manifests/1.0.0", fails: /index\.yaml/, tell: byArchive },
} as const satisfies Record<string, Question>;

type QuestionName = keyof typeof questions;

/** What a client is told, and what the counters say of it. */
async function outcomeOf({ registry, counts }: Opened, { ask, tell }: Question): Promise<string> {
  counts.length = 0;
  const response = await registry.ask("GET", ask);
  const wait = response.headers.get("retry-after");
  const told =
    response.status === 200
      ? await tell(response)
      : (await errorCodes(response)).join(" ") + (wait === null ? "" : ` retry ${wait}`);
  return `${response.status} ${told}: ${counts.join(", ")}`;
}

/** Everything that a client could be served out of the store. */
async function contentOf({ registry }: Opened): Promise<readonly string[]> {
  const prefixes = ["blobs/", "links/", "manifests/", "tags/"];
  const pages = await Promise.all(prefixes.map(async (prefix) => await registry.store.list(prefix)));
  return pages.flatMap((page) => page.items.map(({ key }) => key));
}

/** Longer than an upstream is left alone, and than anything is fresh. */
const LATER = 16 * 60_000;

const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);
const longer = (bytes: Uint8Array): Uint8Array => new Uint8Array([...bytes, 10]);
const others = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 1);
const retry = (status: number, after?: string): Fault => ({
  kind: "status",
  status,
  headers: after === undefined ? {} : { "retry-after": after },
});

const GONE = "502 UNAVAILABLE";
const SILENT = "503 UNAVAILABLE retry 3";

/** By fault and question: the answer for a cold cache, in which nothing is stored then, and for a warm one that went stale. */
const table: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly deadline?: number;
  readonly outcomes: Readonly<Partial<Record<QuestionName, readonly [cold: string, warm: string]>>>;
}[] = [
  {
    name: "is cut in the middle",
    fault: { kind: "cut" },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      tags: [`${GONE}: tags failed`, "200 first: tags stale"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${GONE}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${GONE}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "has another digest",
    fault: { kind: "bytes", change: others },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      referrers: [`${GONE}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "is too short",
    fault: { kind: "bytes", change: half },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      tags: [`${GONE}: tags failed`, "200 first: tags stale"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      referrers: [`${GONE}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "is too long",
    fault: { kind: "bytes", change: longer },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
    },
  },
  {
    name: "is 429 with a time to wait",
    fault: retry(429, "120"),
    outcomes: {
      manifest: ["429 TOOMANYREQUESTS retry 120: manifest failed", "200 first: manifest stale"],
      digest: ["429 TOOMANYREQUESTS retry 120: manifest failed", "200 first: manifest hit"],
      blob: ["429 TOOMANYREQUESTS retry 120: blob failed", "200 first: blob hit"],
      tags: ["429 TOOMANYREQUESTS retry 120: tags failed", "200 first: tags stale"],
      archive: ["429 TOOMANYREQUESTS retry 120: index miss, manifest failed", "200 first: index miss, manifest stale"],
      index: ["429 TOOMANYREQUESTS retry 120: index failed, manifest failed", "200 first: index stale, manifest hit"],
      referrers: ["429 TOOMANYREQUESTS retry 120: referrers failed", "200 first: referrers stale"],
    },
  },
  {
    name: "is 503",
    fault: retry(503),
    outcomes: {
      manifest: [`${SILENT}: manifest failed`, "200 first: manifest stale"],
      digest: [`${SILENT}: manifest failed`, "200 first: manifest hit"],
      blob: [`${SILENT}: blob failed`, "200 first: blob hit"],
      tags: [`${SILENT}: tags failed`, "200 first: tags stale"],
      archive: [`${SILENT}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      provenance: [`${SILENT}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${SILENT}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${SILENT}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "is 503 with a time to wait",
    fault: retry(503, "60"),
    outcomes: {
      manifest: ["503 UNAVAILABLE retry 60: manifest failed", "200 first: manifest stale"],
      index: ["503 UNAVAILABLE retry 60: index failed, manifest failed", "200 first: index stale, manifest hit"],
    },
  },
  {
    name: "is 503 until a date",
    fault: {
      kind: "status",
      status: 503,
      headers: { date: "Mon, 01 Jan 2024 00:00:00 GMT", "retry-after": "Mon, 01 Jan 2024 00:00:45 GMT" },
    },
    outcomes: { manifest: ["503 UNAVAILABLE retry 45: manifest failed", "200 first: manifest stale"] },
  },
  {
    name: "never comes",
    fault: { kind: "hang" },
    deadline: SHORT,
    outcomes: {
      manifest: [`${SILENT}: manifest failed`, "200 first: manifest stale"],
      digest: [`${SILENT}: manifest failed`, "200 first: manifest hit"],
      blob: [`${SILENT}: blob failed`, "200 first: blob hit"],
      tags: [`${SILENT}: tags failed`, "200 first: tags stale"],
      index: [`${SILENT}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${SILENT}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "stops in the middle",
    fault: { kind: "stall" },
    deadline: SHORT,
    outcomes: {
      manifest: [`${SILENT}: manifest failed`, "200 first: manifest stale"],
      blob: [`${SILENT}: blob failed`, "200 first: blob hit"],
      tags: [`${SILENT}: tags failed`, "200 first: tags stale"],
      index: [`${SILENT}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${SILENT}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "comes in drops",
    fault: { kind: "drip" },
    deadline: SHORT,
    outcomes: {
      manifest: [`${SILENT}: manifest failed`, "200 first: manifest stale"],
      blob: [`${SILENT}: blob failed`, "200 first: blob hit"],
      tags: [`${SILENT}: tags failed`, "200 first: tags stale"],
      referrers: [`${SILENT}: referrers failed`, "200 first: referrers stale"],
      archive: [`${SILENT}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${SILENT}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
    },
  },
  {
    name: "is a page with 200",
    fault: { kind: "page" },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      tags: [`${GONE}: tags failed`, "200 first: tags stale"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${GONE}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${GONE}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "redirects to itself",
    fault: { kind: "loop" },
    outcomes: {
      manifest: [`${GONE}: manifest failed`, "200 first: manifest stale"],
      digest: [`${GONE}: manifest failed`, "200 first: manifest hit"],
      blob: [`${GONE}: blob failed`, "200 first: blob hit"],
      tags: [`${GONE}: tags failed`, "200 first: tags stale"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      provenance: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${GONE}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: [`${GONE}: referrers failed`, "200 first: referrers stale"],
    },
  },
  {
    name: "redirects to a private address",
    fault: { kind: "redirect", to: `${elsewhere.origin}/secret` },
    outcomes: {
      manifest: ["403 DENIED: manifest failed", "200 first: manifest stale"],
      blob: ["403 DENIED: blob failed", "200 first: blob hit"],
      tags: ["403 DENIED: tags failed", "200 first: tags stale"],
      archive: ["403 DENIED: index miss, manifest failed", "200 first: index miss, manifest stale"],
      provenance: ["403 DENIED: index miss, manifest failed", "200 first: index miss, manifest stale"],
      index: ["403 DENIED: index failed, manifest failed", "200 first: index stale, manifest hit"],
      referrers: ["403 DENIED: referrers failed", "200 first: referrers stale"],
    },
  },
  {
    name: "redirects to a name of a private address",
    fault: { kind: "redirect", to: `https://localhost:${elsewhere.host.split(":")[1]}/secret` },
    outcomes: {
      manifest: ["403 DENIED: manifest failed", "200 first: manifest stale"],
      index: ["403 DENIED: index failed, manifest failed", "200 first: index stale, manifest hit"],
    },
  },
  {
    name: "is gone",
    fault: retry(404),
    outcomes: {
      manifest: ["404 MANIFEST_UNKNOWN: manifest negative", "200 first: manifest stale"],
      digest: ["404 MANIFEST_UNKNOWN: manifest negative", "200 first: manifest hit"],
      blob: ["404 BLOB_UNKNOWN: blob negative", "200 first: blob hit"],
      tags: ["404 NAME_UNKNOWN: tags negative", "200 first: tags negative"],
      archive: [`${GONE}: index miss, manifest failed`, "200 first: index miss, manifest stale"],
      index: [`${GONE}: index failed, manifest failed`, "200 first: index stale, manifest hit"],
      referrers: ["200 none: referrers negative", "200 none: referrers negative"],
    },
  },
  {
    name: "is refused",
    fault: retry(401),
    outcomes: {
      manifest: ["403 DENIED: manifest failed", "200 first: manifest stale"],
      archive: ["403 DENIED: index miss, manifest failed", "200 first: index miss, manifest stale"],
      index: ["403 DENIED: index failed, manifest failed", "200 first: index stale, manifest hit"],
      referrers: ["403 DENIED: referrers failed", "200 first: referrers stale"],
    },
  },
];

async function makeWarm(world: World): Promise<void> {
  const before = world.open();
  for (const { ask } of Object.values(questions)) {
    const response = await before.registry.ask("GET", ask);
    expect([ask, response.status]).toEqual([ask, 200]);
    await response.arrayBuffer();
  }
}

describe.each(table)("an answer that $name", ({ fault, deadline, outcomes }) => {
  const rows = Object.entries(outcomes).map(([name, [cold, warm]]) => ({
    question: questions[name as QuestionName],
    name,
    cold,
    warm,
  }));

  it.each(rows)("to a cold $name is $cold", async ({ question, cold }) => {
    const world = await openWorld();
    world.upstream.fault = { path: question.fails, fault };
    const during = world.open(deadline);
    expect(await outcomeOf(during, question)).toBe(cold);
    expect(await contentOf(during)).toEqual([]);
    world.upstream.fault = undefined;
    clock.offset += LATER;
    expect(await outcomeOf(world.open(), question)).toMatch(/^200 first: /);
    expect(during.registry.defects).toEqual([]);
    expect(elsewhere.asked).toEqual([]);
  });

  it.each(rows)("to a warm $name is $warm", async ({ question, warm }) => {
    const world = await openWorld();
    await makeWarm(world);
    publish(world.upstream, second, ["1.0.0", "2.0.0"]);
    world.upstream.fault = { path: question.fails, fault };
    clock.offset += 2 * FRESHNESS.ttl;
    const during = world.open(deadline);
    expect(await outcomeOf(during, question)).toBe(warm);
    world.upstream.fault = undefined;
    clock.offset += LATER;
    const isFixed = /(?:manifests|blobs)\/sha256:/.test(question.ask);
    expect(await outcomeOf(world.open(), question)).toMatch(isFixed ? /^200 first: / : /^200 second: /);
    expect(during.registry.defects).toEqual([]);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe("a TLS certificate that has expired", () => {
  it("is no answer: a cold cache says 503, a warm one serves what it has", async () => {
    const world = await openWorld(trusted);
    const turn = ({ key, cert }: typeof trusted): void => {
      const { server } = world.upstream;
      if (!(server instanceof TlsServer)) throw new Error("an upstream without TLS");
      server.closeAllConnections();
      server.setSecureContext({ key, cert });
    };
    turn(expired);
    const cold = world.open();
    expect(await outcomeOf(cold, questions.manifest)).toBe(`${SILENT}: manifest failed`);
    clock.offset += LATER;
    expect(await outcomeOf(cold, questions.index)).toBe(`${SILENT}: index failed, manifest failed`);
    expect([world.upstream.asked, await contentOf(cold)]).toEqual([[], []]);
    turn(trusted);
    clock.offset += LATER;
    await makeWarm(world);
    turn(expired);
    clock.offset += 2 * FRESHNESS.ttl;
    const warm = world.open();
    expect(await outcomeOf(warm, questions.manifest)).toBe("200 first: manifest stale");
    clock.offset += 2 * FRESHNESS.ttl;
    expect(await outcomeOf(warm, questions.index)).toBe("200 first: index stale, manifest hit");
  });
});

describe("a tag that moved", () => {
  it.each(["manifest", "index"] as const)("is followed after its time (%s), and the old digest stays", async (name) => {
    const world = await openWorld();
    const { registry, counts } = world.open();
    const of = { registry, counts };
    expect(await outcomeOf(of, questions[name])).toMatch(/^200 first: /);
    const project = name === "manifest" ? "oci" : "classic";
    const head = await registry.ask("HEAD", questions[name].ask);
    const before = `/v2/${project}/web/manifests/${head.headers.get("docker-content-digest")}`;
    publish(world.upstream, second, ["1.0.0"]);
    expect(await outcomeOf(of, questions[name])).toMatch(/^200 first: /);
    clock.offset += 2 * FRESHNESS.ttl;
    expect(await outcomeOf(of, questions[name])).toMatch(/^200 second: /);
    expect(await outcomeOf(of, { ...questions[name], ask: before })).toMatch(/^200 first: /);
  });
});

describe("an upstream that deleted everything", () => {
  it("is 404 where nothing was pulled, and everything is there where it was", async () => {
    const world = await openWorld();
    await makeWarm(world);
    const empty = await openWorld();
    for (const { upstream } of [world, empty]) {
      upstream.files.clear();
      upstream.files.set("/repo/index.yaml", { bytes: utf8("apiVersion: v1\nentries: {}\n") });
    }
    clock.offset += 2 * FRESHNESS.ttl;
    const cold = empty.open();
    const warm = world.open();
    const outcomes = [
      ["manifest", "404 MANIFEST_UNKNOWN: manifest negative", "200 first: manifest stale"],
      ["digest", "404 MANIFEST_UNKNOWN: manifest negative", "200 first: manifest hit"],
      ["blob", "404 BLOB_UNKNOWN: blob negative", "200 first: blob hit"],
      ["tags", "404 NAME_UNKNOWN: tags negative", "200 first: tags negative"],
      ["index", "404 MANIFEST_UNKNOWN: index miss, manifest negative", "200 first: index miss, manifest stale"],
    ] as const;
    for (const [name, whenCold, whenWarm] of outcomes) {
      expect([name, await outcomeOf(cold, questions[name])]).toEqual([name, whenCold]);
      expect([name, await outcomeOf(warm, questions[name])]).toEqual([name, whenWarm]);
    }
    expect(await contentOf(cold)).toEqual([]);
  });
});

const MIB = 1024 * 1024;
const big = new Uint8Array(3 * MIB).map((_, at) => (at * 7) & 255);
const bigPath = `/v2/lib/web/blobs/${sha256(big)}`;

async function openBig() {
  const world = await openWorld();
  world.upstream.files.set(bigPath, { bytes: big });
  return world;
}

/** Bytes that a client received, and whether it was told that these are all. */
async function received(response: Response): Promise<{ readonly size: number; readonly whole: boolean }> {
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) size += chunk.length;
    return { size, whole: true };
  } catch {
    return { size, whole: false };
  }
}

describe("a large blob", () => {
  const ask = `/v2/oci/web/blobs/${sha256(big)}`;
  const rows = [
    ["is cut", { kind: "cut" }, LONG],
    ["stops", { kind: "stall" }, SHORT],
    ["has another digest", { kind: "bytes", change: others }, LONG],
  ] as const;

  it.each(rows)(
    "that %s ends in a broken answer without its end, for followers too, and is not stored",
    async (_name, fault, limit) => {
      const world = await openBig();
      world.upstream.fault = { path: /\/blobs\//, fault };
      const opened = world.open(limit);
      const { registry } = opened;
      const [leader, follower] = await Promise.all([
        registry.ask("GET", ask).then(received),
        registry.ask("GET", ask).then((response) => response.status),
      ]);
      expect([leader.whole, leader.size <= big.length - 64 * 1024]).toEqual([false, true]);
      expect(follower).toBeGreaterThanOrEqual(500);
      await expect.poll(async () => await contentOf(opened)).toEqual([]);
      expect(world.upstream.asked).toHaveLength(1);
      world.upstream.fault = undefined;
      clock.offset += LATER;
      expect(await received(await registry.ask("GET", ask))).toEqual({ size: big.length, whole: true });
      expect(registry.defects).toEqual([]);
    },
  );

  it("is stored, and given to the others, although the first client stops reading", async () => {
    const world = await openBig();
    const { registry } = world.open(SHORT);
    const stalled = await registry.ask("GET", ask);
    const reader = stalled.body?.getReader();
    await reader?.read();
    const other = await registry.ask("GET", ask);
    expect(await received(other)).toEqual({ size: big.length, whole: true });
    const drained = async (): Promise<void> => {
      while ((await reader?.read())?.done === false);
    };
    await expect(drained()).rejects.toThrow("reads too slowly");
    expect(world.upstream.asked).toHaveLength(1);
  });
});

describe("an upstream that wants to be left alone", () => {
  it("is not asked by any replica, nor by a process that starts anew, before the time is over", async () => {
    const world = await openWorld();
    world.upstream.fault = { path: /./, fault: retry(429, "120") };
    await outcomeOf(world.open(), questions.manifest);
    const { asked } = world.upstream;
    expect(asked.splice(0)).toHaveLength(1);
    world.upstream.fault = undefined;
    clock.offset += 30_000;
    const other = world.open();
    expect(await outcomeOf(other, questions.manifest)).toMatch(
      /^429 TOOMANYREQUESTS retry (?:90|89): manifest failed$/,
    );
    expect(await outcomeOf(other, questions.blob)).toMatch(/^429 /);
    expect(asked).toEqual([]);
    clock.offset += 91_000;
    expect(await outcomeOf(world.open(), questions.manifest)).toBe("200 first: manifest miss");
  });
});
