import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import * as openpgp from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  openTrustStore,
  openVerifyingKey,
  parseIdentity,
  type Requirement,
} from "../../../engine/attestation/index.ts";
import type { Egress } from "../../../engine/oci/egress.ts";
import { EgressError } from "../../../engine/oci/egress-error.ts";
import { DEFAULT_FRESHNESS } from "../../../registry/upstream/upstream.ts";
import { openArmored } from "../../../infra/node/openpgp-keys.ts";
import type { RegistryAccess } from "../../../registry/http/access.ts";
import { descriptor, openRegistry, packChart, sha256, type TestRegistry, utf8 } from "../../support/registry.ts";
import { makeCertificate, makeLogEntry, type TestCertificate } from "../../support/test-authority.ts";

const NOW = Date.parse("2030-06-01T00:00:00Z");
const CHART = { name: "web", version: "1.0.0" };
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");
const base64url = (text: string): string => Buffer.from(text).toString("base64url");

/** The caller who reads: may not see what is unsigned. */
const READER: RegistryAccess = {
  decide: ({ wishes }) =>
    wishes.some(({ actions }) => actions.includes("unsigned")) ? { kind: "deny" } : { kind: "allow", actor: "reader" },
};

interface Scene {
  readonly registry: TestRegistry;
  readonly digest: string;
}

/** A chart in a project that requires something; `sign` puts its signature there. */
async function scene(
  requirement: Requirement,
  attach: (registry: TestRegistry, digest: string) => Promise<void>,
  push: (registry: TestRegistry) => Promise<string> = async (registry) => await registry.pushChart("charts", CHART),
): Promise<Scene> {
  const registry = openRegistry({
    now: () => NOW,
    access: READER,
    projects: [
      { kind: "hosted", name: "charts" },
      { kind: "group", name: "all", members: [{ project: "charts" }] },
    ],
    signatures: [{ projects: ["charts"], require: [requirement] }],
  });
  const digest = await push(registry);
  await attach(registry, digest);
  return { registry, digest };
}

/** What a pull gives by each way: `pulled`, or the code with the message. */
async function pulls({ registry, digest }: Scene): Promise<readonly string[]> {
  const ways = ["/v2/charts/web/manifests/1.0.0", `/v2/all/web/manifests/${digest}`, "/helm/charts/web-1.0.0.tgz"];
  const answers: string[] = [];
  for (const way of ways) {
    const response = await registry.ask("GET", way);
    const { errors } = response.status === 200 ? { errors: [] } : await response.json();
    answers.push(response.status === 200 ? "pulled" : `${response.status} ${errors[0].code}: ${errors[0].message}`);
  }
  const query = { project: "all", name: "web", version: "^1" };
  const opened = await registry.charts.resolveChart(query).then(
    () => "pulled",
    (error: { code: string; message: string }) => `403 ${error.code}: ${error.message}`,
  );
  expect(registry.defects).toEqual([]);
  return [...answers, opened];
}

async function expectPulls(scened: Scene, reason: RegExp | undefined): Promise<void> {
  for (const answer of await pulls(scened)) {
    if (reason === undefined) expect(answer).toBe("pulled");
    else {
      expect(answer).toMatch(/^403 SIGNATURE_REQUIRED: /);
      expect(answer).toMatch(reason);
    }
  }
}

interface Referring {
  readonly subject: string;
  readonly artifactType: string;
  readonly data: Uint8Array;
  readonly mediaType?: string;
}

async function refer(
  registry: TestRegistry,
  { subject, artifactType, data, mediaType = artifactType }: Referring,
  repository = "charts/web",
): Promise<void> {
  await registry.pushBlob(repository, utf8("{}"));
  await registry.pushBlob(repository, data);
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType,
    config: descriptor("application/vnd.oci.empty.v1+json", utf8("{}")),
    layers: [descriptor(mediaType, data)],
    subject: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: subject, size: 1 },
  };
  const answer = await registry.pushManifest(repository, sha256(utf8(JSON.stringify(manifest))), manifest);
  expect(answer.status).toBe(201);
}

const OTHER_DIGEST = `sha256:${"1".repeat(64)}`;
const nothing = async (): Promise<void> => undefined;

// ---- cosign

const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const IN_TOTO = "application/vnd.in-toto+json";

interface BundleWish {
  readonly key: KeyObject;
  readonly digest: string;
  readonly material: object;
  readonly predicateType?: string;
}

function envelopeOf({ key, digest, predicateType = "https://sigstore.dev/cosign/sign/v1" }: BundleWish) {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ digest: { sha256: digest.slice("sha256:".length) } }],
    predicateType,
    predicate: {},
  };
  const payload = JSON.stringify(statement);
  const message = Buffer.from(`DSSEv1 ${IN_TOTO.length} ${IN_TOTO} ${payload.length} ${payload}`);
  return { payload, sig: sign("sha256", message, key).toString("base64") };
}

function bundleOf(wish: BundleWish, change: (text: string) => string = (text) => text): Uint8Array {
  const { payload, sig } = envelopeOf(wish);
  const dsseEnvelope = { payload: base64(change(payload)), payloadType: IN_TOTO, signatures: [{ sig }] };
  return utf8(JSON.stringify({ mediaType: BUNDLE, verificationMaterial: wish.material, dsseEnvelope }));
}

const keyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const spkiPem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

describe("a project that requires a cosign signature by key", () => {
  const [own, other] = [keyPair(), keyPair()];
  const byKey = async (): Promise<Requirement> => ({
    kind: "cosign-key",
    keys: [await openVerifyingKey(spkiPem(own.publicKey))],
  });
  const attaching =
    (make: (digest: string) => Uint8Array) =>
    async (registry: TestRegistry, digest: string): Promise<void> =>
      await refer(registry, { subject: digest, artifactType: BUNDLE, data: make(digest) });
  const material = { publicKey: { hint: "" } };

  it.each([
    ["good", attaching((digest) => bundleOf({ key: own.privateKey, digest, material })), undefined],
    ["unsigned", nothing, /nothing is attached that cosign signed/],
    ["wrong key", attaching((digest) => bundleOf({ key: other.privateKey, digest, material })), /by none of the given/],
    [
      "tampered",
      attaching((digest) =>
        bundleOf({ key: own.privateKey, digest, material }, (text) => text.replace('"predicate":{}', '"predicate":[]')),
      ),
      /by none of the given keys/,
    ],
    [
      "signature of another digest",
      attaching(() => bundleOf({ key: own.privateKey, digest: OTHER_DIGEST, material })),
      /nothing is attached that cosign signed/,
    ],
    [
      "a signed SBOM alone",
      attaching((digest) =>
        bundleOf({ key: own.privateKey, digest, material, predicateType: "https://spdx.dev/Document" }),
      ),
      /nothing is attached that cosign signed/,
    ],
    ["a bundle that is none", attaching(() => utf8("{}")), /nothing is attached/],
  ])("pulls: %s", async (_, attach, reason) => {
    await expectPulls(await scene(await byKey(), attach), reason);
  });

  const simple = async (registry: TestRegistry, digest: string, key: KeyObject, tag = digest): Promise<void> => {
    const payload = utf8(
      JSON.stringify({
        critical: { image: { "docker-manifest-digest": digest }, type: "cosign container image signature" },
      }),
    );
    const annotations = { "dev.cosignproject.cosign/signature": sign("sha256", payload, key).toString("base64") };
    await registry.pushBlob("charts/web", payload);
    await registry.pushBlob("charts/web", utf8("{}"));
    const layer = { ...descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload), annotations };
    const manifest = {
      schemaVersion: 2,
      config: descriptor("application/vnd.oci.image.config.v1+json", utf8("{}")),
      layers: [layer],
    };
    const answer = await registry.pushManifest("charts/web", `${tag.replace(":", "-")}.sig`, manifest);
    expect(answer.status).toBe(201);
  };

  it("takes the signature under the tag of older clients, which is itself free to pull", async () => {
    const made = await scene(await byKey(), async (registry, digest) => await simple(registry, digest, own.privateKey));
    await expectPulls(made, undefined);
    const tag = `${made.digest.replace(":", "-")}.sig`;
    expect((await made.registry.ask("GET", `/v2/charts/web/manifests/${tag}`)).status).toBe(200);
  });

  it("refuses the tag's signature of another digest, and by another key", async () => {
    const elsewhere = await scene(await byKey(), async (registry, digest) => {
      await simple(registry, OTHER_DIGEST, own.privateKey, digest);
    });
    await expectPulls(elsewhere, /nothing is attached/);
    const wrong = await scene(
      await byKey(),
      async (registry, digest) => await simple(registry, digest, other.privateKey),
    );
    await expectPulls(wrong, /by none of the given keys/);
  });

  it("binds what it decided to the digest: a moved tag is decided anew, the old digest stays pullable", async () => {
    const made = await scene(
      await byKey(),
      attaching((digest) => bundleOf({ key: own.privateKey, digest, material })),
    );
    const { registry, digest } = made;
    await expectPulls(made, undefined);
    await registry.pushChart("charts", { ...CHART, values: "b: 2\n" });
    const status = async (reference: string): Promise<number> =>
      (await registry.ask("HEAD", `/v2/charts/web/manifests/${reference}`)).status;
    expect([await status("1.0.0"), await status(digest)]).toEqual([403, 200]);
  });

  it("keeps a decision, so that the next pull reads no signature", async () => {
    const made = await scene(
      await byKey(),
      attaching((digest) => bundleOf({ key: own.privateKey, digest, material })),
    );
    await expectPulls(made, undefined);
    const { descriptors } = await made.registry
      .ask("GET", `/v2/charts/web/referrers/${made.digest}`)
      .then(async (response) => ({ descriptors: (await response.json()).manifests }));
    for (const { digest } of descriptors) {
      expect((await made.registry.ask("DELETE", `/v2/charts/web/manifests/${digest}`)).status).toBe(202);
    }
    await expectPulls(made, undefined);
  });

  it("lets whoever may push see what is unsigned by the project's own name alone, and no install", async () => {
    const access: RegistryAccess = { decide: () => ({ kind: "allow", actor: "writer" }) };
    const registry = openRegistry({
      access,
      projects: [
        { kind: "hosted", name: "charts" },
        { kind: "group", name: "all", members: [{ project: "charts" }] },
      ],
      signatures: [{ projects: ["charts"], require: [await byKey()] }],
    });
    const digest = await registry.pushChart("charts", CHART);
    expect((await registry.ask("GET", "/v2/charts/web/manifests/1.0.0")).status).toBe(200);
    expect((await registry.ask("GET", "/v2/all/web/manifests/1.0.0")).status).toBe(403);
    const chart = { project: "charts", name: "web", digest };
    await expect(registry.charts.resolveChart(chart)).rejects.toMatchObject({ code: "SIGNATURE_REQUIRED" });
    await expect(registry.charts.openChartArchive(chart)).rejects.toMatchObject({ code: "SIGNATURE_REQUIRED" });
    expect(await registry.charts.openChartArchive({ ...chart, unsigned: true })).toBeDefined();
  });

  it.each([
    ["another project", { projects: ["team-*"] }, 200],
    ["other repositories", { projects: ["ch*"], repositories: ["api*"] }, 200],
    ["the repository by a pattern", { projects: ["ch*"], repositories: ["w*"] }, 403],
    ["the group that asks", { projects: ["all"] }, 200],
  ])("asks nothing by a rule for %s", async (_, rule, status) => {
    const registry = openRegistry({
      access: READER,
      projects: [{ kind: "hosted", name: "charts" }],
      signatures: [{ ...rule, require: [await byKey()] }],
    });
    await registry.pushChart("charts", CHART);
    expect((await registry.ask("GET", "/v2/charts/web/manifests/1.0.0")).status).toBe(status);
  });

  it("asks the rules of the member that has it, where a group merges members", async () => {
    const registry = openRegistry({
      access: READER,
      projects: [
        { kind: "hosted", name: "open" },
        { kind: "hosted", name: "charts" },
        { kind: "group", name: "all", members: [{ project: "open" }, { project: "charts" }], merge: ["*"] },
      ],
      signatures: [{ projects: ["charts"], require: [await byKey()] }],
    });
    await registry.pushChart("open", { ...CHART, version: "2.0.0" });
    const digest = await registry.pushChart("charts", CHART);
    const status = async (tag: string): Promise<number> =>
      (await registry.ask("GET", `/v2/all/web/manifests/${tag}`)).status;
    expect([await status("2.0.0"), await status("1.0.0")]).toEqual([200, 403]);
    await refer(registry, {
      subject: digest,
      artifactType: BUNDLE,
      data: bundleOf({ key: own.privateKey, digest, material }),
    });
    expect(await status("1.0.0")).toBe(200);
  });

  it("asks a proxied registry for what it lists, and believes what is stored when that is gone", async () => {
    const upstream = openRegistry({ projects: [{ kind: "hosted", name: "theirs" }] });
    let answers = true;
    let now = NOW;
    const egress: Egress = {
      send: async ({ method, url, headers = {} }) => {
        if (!answers) throw new EgressError("unreachable", "gone");
        const { pathname, search } = new URL(url);
        const response = await upstream.ask(method, pathname + search, { headers });
        return { status: response.status, headers: response.headers, body: response.body };
      },
    };
    const policy = { name: "upstream", hosts: ["up.example"], elsewhere: "listed" } as const;
    const far = {
      kind: "oci",
      url: "https://up.example",
      prefix: "theirs/",
      policy,
      freshness: DEFAULT_FRESHNESS,
    } as const;
    const registry = openRegistry({
      egress,
      access: READER,
      now: () => now,
      projects: [{ kind: "proxy", name: "charts", upstream: far }],
      signatures: [{ projects: ["charts"], require: [await byKey()] }],
    });
    const digest = await upstream.pushChart("theirs", CHART);
    const answer = async (): Promise<string> => {
      const response = await registry.ask("GET", `/v2/charts/web/manifests/${digest}`);
      return response.status === 200 ? "pulled" : (await response.json()).errors[0].message;
    };
    expect(await answer()).toMatch(/nothing is attached that cosign signed\)$/);
    const bundle = bundleOf({ key: own.privateKey, digest, material });
    await refer(upstream, { subject: digest, artifactType: BUNDLE, data: bundle }, "theirs/web");
    expect(await answer()).toBe("pulled");
    answers = false;
    now += 3_600_000;
    expect(await answer()).toBe("pulled");
    expect(registry.defects).toEqual([]);
  });

  it("takes no chart for a document because it refers to another manifest", async () => {
    const { registry, digest } = await scene(await byKey(), nothing);
    const bytes = await registry.charts.openChartArchive({
      project: "charts",
      name: "web",
      digest,
      unsigned: true,
    });
    const config = utf8(JSON.stringify({ name: "web", version: "1.0.0" }));
    const manifest = {
      schemaVersion: 2,
      config: descriptor("application/vnd.cncf.helm.config.v1+json", config),
      layers: [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes ?? config)],
      subject: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: OTHER_DIGEST, size: 1 },
    };
    await registry.pushBlob("charts/web", config);
    expect((await registry.pushManifest("charts/web", "2.0.0", manifest)).status).toBe(201);
    expect((await registry.ask("GET", "/v2/charts/web/manifests/2.0.0")).status).toBe(403);
  });
});

describe("a project that requires a cosign signature by an identity", () => {
  const ISSUER = "https://token.actions.example";
  const IDENTITY = "https://github.example/acme/web/.github/workflows/release.yml@refs/heads/main";
  const root = makeCertificate({
    subject: [
      ["O", "acme"],
      ["CN", "root"],
    ],
    authority: true,
  });
  const middle = makeCertificate({ subject: [["CN", "middle"]], authority: true, pathLength: 0, parent: root });
  const stranger = makeCertificate({
    subject: [
      ["O", "acme"],
      ["CN", "root"],
    ],
    authority: true,
  });
  const below = makeCertificate({ subject: [["CN", "below"]], authority: true, parent: middle });
  const leafOf = (wish: Partial<Parameters<typeof makeCertificate>[0]> = {}): TestCertificate =>
    makeCertificate({ subject: [], parent: middle, uri: IDENTITY, issuer: ISSUER, ...wish });
  const log = keyPair();
  const logKey = new Uint8Array(log.publicKey.export({ type: "spki", format: "der" }));
  const SHORT = { notBefore: "20250101000000Z", notAfter: "20250101001000Z" };
  const SIGNED_AT = Date.parse("2025-01-01T00:05:00Z") / 1000;

  const required = async (logged = false): Promise<Requirement> => ({
    kind: "cosign-identity",
    trust: openTrustStore(root.pem + middle.pem),
    identity: (name) => name.startsWith("https://github.example/acme/web/"),
    issuer: (name) => name === ISSUER,
    ...(logged ? { log: await openVerifyingKey(spkiPem(log.publicKey)) } : {}),
  });

  interface Made {
    readonly certificate: TestCertificate;
    readonly key?: KeyObject;
    readonly about?: string;
    readonly entry?: Partial<{ signer: KeyObject; sig: string; certificate: TestCertificate; time: number }>;
    readonly chain?: readonly TestCertificate[];
  }

  const attaching =
    ({ certificate, key = certificate.key, about, entry, chain }: Made) =>
    async (registry: TestRegistry, digest: string): Promise<void> => {
      const wish = { key, digest: about ?? digest, material: {} };
      const { payload, sig } = envelopeOf(wish);
      const record = {
        apiVersion: "0.0.1",
        kind: "dsse",
        spec: {
          payloadHash: { algorithm: "sha256", value: createHash("sha256").update(payload).digest("hex") },
          signatures: [{ signature: entry?.sig ?? sig, verifier: base64((entry?.certificate ?? certificate).pem) }],
        },
      };
      const made = makeLogEntry(entry?.signer ?? log.privateKey, logKey, {
        record,
        integratedTime: entry?.time ?? SIGNED_AT,
      });
      const tlogEntry = {
        logIndex: String(made.logIndex),
        logId: { keyId: Buffer.from(made.logId, "hex").toString("base64") },
        integratedTime: String(made.integratedTime),
        inclusionPromise: { signedEntryTimestamp: made.promise },
        canonicalizedBody: made.body,
      };
      const rawBytes = (one: TestCertificate): object => ({ rawBytes: base64(one.der) });
      const material = {
        ...(chain === undefined
          ? { certificate: rawBytes(certificate) }
          : { x509CertificateChain: { certificates: [certificate, ...chain].map(rawBytes) } }),
        ...(entry === undefined ? {} : { tlogEntries: [tlogEntry] }),
      };
      const dsseEnvelope = { payload: base64(payload), payloadType: IN_TOTO, signatures: [{ sig }] };
      const data = utf8(JSON.stringify({ mediaType: BUNDLE, verificationMaterial: material, dsseEnvelope }));
      await refer(registry, { subject: digest, artifactType: BUNDLE, data });
    };

  it.each<[string, Made, RegExp | undefined]>([
    ["good", { certificate: leafOf() }, undefined],
    ["good, RSA", { certificate: leafOf({ rsa: true }) }, undefined],
    ["wrong key", { certificate: leafOf(), key: keyPair().privateKey }, /does not match its certificate/],
    ["signature of another digest", { certificate: leafOf(), about: OTHER_DIGEST }, /nothing is attached/],
    ["expired certificate", { certificate: leafOf(SHORT) }, /expired at 2025-01-01T00:10:00.000Z/],
    ["certificate of the future", { certificate: leafOf({ notBefore: "20350101000000Z" }) }, /valid only from/],
    ["another identity", { certificate: leafOf({ uri: "https://github.example/evil/web/x" }) }, /another identity/],
    ["another issuer", { certificate: leafOf({ issuer: "https://evil.example" }) }, /another issuer/],
    ["no issuer", { certificate: makeCertificate({ subject: [], parent: middle, uri: IDENTITY }) }, /another issuer/],
    ["another root of the same name", { certificate: leafOf({ parent: stranger }) }, /leads to no trusted root/],
    [
      "an authority below one that allows none",
      { certificate: leafOf({ parent: below }), chain: [below] },
      /leads to no trusted root/,
    ],
    ["a leaf as authority", { certificate: leafOf({ parent: leafOf() }) }, /leads to no trusted root/],
    ["not for code signing", { certificate: leafOf({ usage: "1.3.6.1.5.5.7.3.1" }) }, /not for code signing/],
    ["an authority's own", { certificate: leafOf({ authority: true }) }, /an authority's/],
    ["a critical extension", { certificate: leafOf({ critical: "1.2.3.4" }) }, /1\.2\.3\.4 that is not understood/],
  ])("pulls: %s", async (_, made, reason) => {
    await expectPulls(await scene(await required(), attaching(made)), reason);
  });

  it.each<[string, Made, RegExp | undefined]>([
    ["good, the certificate long over", { certificate: leafOf(SHORT), entry: {} }, undefined],
    ["no entry", { certificate: leafOf() }, /no entry of a transparency log/],
    ["entry by another log", { certificate: leafOf(SHORT), entry: { signer: keyPair().privateKey } }, /not signed by/],
    ["entry of another signature", { certificate: leafOf(SHORT), entry: { sig: "AAAA" } }, /about another signature/],
    [
      "entry of another certificate",
      { certificate: leafOf(SHORT), entry: { certificate: leafOf(SHORT) } },
      /about another signature/,
    ],
    ["entry after the end", { certificate: leafOf(SHORT), entry: { time: SIGNED_AT + 3600 } }, /expired at/],
  ])("pulls by the log's time: %s", async (_, made, reason) => {
    await expectPulls(await scene(await required(true), attaching(made)), reason);
  });
});

describe("a logged signature under a tag, as cosign before version 3 wrote it", () => {
  const log = keyPair();
  const root = makeCertificate({ subject: [["CN", "root"]], authority: true });
  const leaf = makeCertificate({
    subject: [],
    parent: root,
    uri: "https://a/x",
    issuer: "https://b",
    notBefore: "20250101000000Z",
    notAfter: "20250101001000Z",
  });
  const logged =
    (change: { readonly hash?: string; readonly kind?: string }) =>
    async (registry: TestRegistry, digest: string): Promise<void> => {
      const payload = utf8(JSON.stringify({ critical: { image: { "docker-manifest-digest": digest } } }));
      const signature = sign("sha256", payload, leaf.key).toString("base64");
      const value = change.hash ?? createHash("sha256").update(payload).digest("hex");
      const record = {
        apiVersion: "0.0.1",
        kind: change.kind ?? "hashedrekord",
        spec: {
          data: { hash: { algorithm: "sha256", value } },
          signature: { content: signature, publicKey: { content: base64(leaf.pem) } },
        },
      };
      const key = new Uint8Array(log.publicKey.export({ type: "spki", format: "der" }));
      const integratedTime = Date.parse("2025-01-01T00:05:00Z") / 1000;
      const { body, logId, logIndex, promise } = makeLogEntry(log.privateKey, key, { record, integratedTime });
      const entry = { SignedEntryTimestamp: promise, Payload: { body, integratedTime, logIndex, logID: logId } };
      const annotations = {
        "dev.cosignproject.cosign/signature": signature,
        "dev.sigstore.cosign/certificate": leaf.pem,
        "dev.sigstore.cosign/bundle": JSON.stringify(entry),
      };
      await registry.pushBlob("charts/web", payload);
      await registry.pushBlob("charts/web", utf8("{}"));
      const layer = { ...descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload), annotations };
      const config = descriptor("application/vnd.oci.image.config.v1+json", utf8("{}"));
      const tag = `${digest.replace(":", "-")}.sig`;
      await registry.pushManifest("charts/web", tag, { schemaVersion: 2, config, layers: [layer] });
    };

  it.each([
    ["good", {}, undefined],
    ["entry of another payload", { hash: "0".repeat(64) }, /about another signature/],
    ["entry of another kind", { kind: "rekord" }, /about another signature/],
  ])("pulls: %s", async (_, change, reason) => {
    const requirement: Requirement = {
      kind: "cosign-identity",
      trust: openTrustStore(root.pem),
      identity: (name) => name === "https://a/x",
      issuer: (name) => name === "https://b",
      log: await openVerifyingKey(spkiPem(log.publicKey)),
    };
    await expectPulls(await scene(requirement, logged(change)), reason);
  });
});

// ---- notation

const NOTATION = "application/vnd.cncf.notary.signature";
const PAYLOAD = "application/vnd.cncf.notary.payload.v1+json";
const SCHEME = "io.cncf.notary.signingScheme";

describe("a project that requires a notation signature", () => {
  const NAME: readonly (readonly [string, string])[] = [
    ["C", "US"],
    ["ST", "WA"],
    ["O", "acme"],
    ["CN", "signer"],
  ];
  const root = makeCertificate({ subject: [["CN", "root"]], authority: true });
  const leaf = makeCertificate({ subject: NAME, parent: root });
  const rsa = makeCertificate({ subject: NAME, rsa: true });
  const foreign = makeCertificate({ subject: NAME });

  interface Made {
    readonly certificate?: TestCertificate;
    readonly key?: KeyObject;
    readonly about?: string;
    readonly header?: object;
    readonly after?: (payload: string) => string;
    readonly type?: string;
  }

  const attaching =
    ({ certificate = leaf, key = certificate.key, about, header = {}, after = (text) => text, type }: Made) =>
    async (registry: TestRegistry, digest: string): Promise<void> => {
      const isRsa = certificate.key.asymmetricKeyType === "rsa";
      const head = base64url(
        JSON.stringify({
          alg: isRsa ? "PS256" : "ES256",
          cty: PAYLOAD,
          crit: [SCHEME],
          [SCHEME]: "notary.x509",
          "io.cncf.notary.signingTime": "2030-05-01T00:00:00Z",
          ...header,
        }),
      );
      const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: about ?? digest, size: 1 };
      const payload = JSON.stringify({ targetArtifact: target });
      const padding = isRsa ? { padding: 6, saltLength: 32 } : { dsaEncoding: "ieee-p1363" as const };
      const signature = sign("sha256", Buffer.from(`${head}.${base64url(payload)}`), { key, ...padding });
      const envelope = {
        payload: base64url(after(payload)),
        protected: head,
        header: { x5c: [base64(certificate.der), base64(root.der)] },
        signature: signature.toString("base64url"),
      };
      const data = utf8(JSON.stringify(envelope));
      await refer(registry, {
        subject: digest,
        artifactType: NOTATION,
        mediaType: type ?? "application/jose+json",
        data,
      });
    };

  const required = (...identities: readonly string[]): Requirement => ({
    kind: "notation",
    trust: openTrustStore(root.pem + rsa.pem),
    identities: identities.map((text) => parseIdentity(text) ?? []),
  });
  const OURS = "x509.subject: C=US, ST=WA, O=acme";

  it.each<[string, Made, RegExp | undefined]>([
    ["good", {}, undefined],
    ["good, by a certificate that is trusted itself, RSA", { certificate: rsa }, undefined],
    ["wrong key", { key: keyPair().privateKey }, /it was changed, or another key made it/],
    ["tampered", { after: (payload) => payload.replace('"size":1', '"size":2') }, /it was changed/],
    ["another root", { certificate: foreign }, /leads to no trusted root/],
    [
      "expired certificate",
      { certificate: makeCertificate({ subject: NAME, parent: root, notAfter: "20300101000000Z" }) },
      /a certificate that expired at 2030-01-01/,
    ],
    ["signature of another digest", { about: OTHER_DIGEST }, /is of another digest/],
    [
      "another identity",
      { certificate: makeCertificate({ subject: NAME.map(([type, value]) => [type, `${value}x`]), parent: root }) },
      /none of the trusted identities/,
    ],
    ["COSE", { type: "application/cose" }, /sign with --signature-format jws/],
    ["no algorithm", { header: { alg: "none" } }, /algorithm that does not fit/],
    ["another algorithm", { header: { alg: "ES384" } }, /algorithm that does not fit/],
    ["no critical scheme", { header: { crit: [] } }, /names no signing scheme/],
    ["an unknown critical header", { header: { crit: [SCHEME, "x"], x: 1 } }, /not understood/],
    ["another scheme", { header: { [SCHEME]: "notary.x509.signingAuthority" } }, /another signing scheme/],
    [
      "over",
      { header: { crit: [SCHEME, "io.cncf.notary.expiry"], "io.cncf.notary.expiry": "2030-05-31T00:00:00Z" } },
      /has expired/,
    ],
    [
      "not yet over",
      { header: { crit: [SCHEME, "io.cncf.notary.expiry"], "io.cncf.notary.expiry": "2030-07-31T00:00:00Z" } },
      undefined,
    ],
  ])("pulls: %s", async (_, made, reason) => {
    await expectPulls(await scene(required(OURS), attaching(made)), reason);
  });

  it("pulls: unsigned, in no way", async () => {
    await expectPulls(await scene(required(), nothing), /nothing is attached that notation signed/);
  });

  it.each([
    ["x509.subject: C=US, ST=WA, O=acme", true],
    ["x509.subject: C=US, S=WA, O=acme, CN=signer", true],
    ["x509.subject: C=US, O=acme", false],
    ["x509.subject: C=US, ST=WA, O=", false],
    ["x509.subject: C=US, ST=WA, ST=OR, O=acme", false],
    ["C=US, ST=WA, O=acme", false],
  ])("reads the identity %s: %s", (text, good) => {
    expect(parseIdentity(text) !== undefined).toBe(good);
  });
});

// ---- PGP

describe("a project that requires a PGP provenance file", () => {
  let own: openpgp.PrivateKey;
  let other: openpgp.PrivateKey;
  beforeAll(async () => {
    const make = async (name: string): Promise<openpgp.PrivateKey> =>
      (await openpgp.generateKey({ userIDs: [{ name }], format: "object", date: new Date("2024-01-01") })).privateKey;
    [own, other] = [await make("own"), await make("other")];
  });
  const required = async (fingerprints: readonly string[] = []): Promise<Requirement> => ({
    kind: "provenance",
    reader: await openArmored("keyring", own.toPublic().armor()),
    fingerprints,
  });

  interface Made {
    readonly key?: "own" | "other";
    readonly file?: string;
    readonly sum?: string;
    readonly after?: (text: string) => string;
    readonly extra?: boolean;
  }

  const pushing =
    (made: Made | undefined) =>
    async (registry: TestRegistry): Promise<string> => {
      const archive = await packChart(CHART);
      const config = utf8(JSON.stringify({ ...CHART, apiVersion: "v2" }));
      const layers = [descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)];
      const blobs = [config, archive];
      if (made !== undefined) {
        const { key = "own", file = "web-1.0.0.tgz", sum = sha256(archive), after = (text) => text } = made;
        const text = `name: web\n\n...\nfiles:\n  ${file}: ${sum}\n`;
        const message = await openpgp.createCleartextMessage({ text });
        const signingKeys = key === "own" ? own : other;
        const data = utf8(after(await openpgp.sign({ message, signingKeys })));
        blobs.push(data);
        layers.push(descriptor("application/vnd.cncf.helm.chart.provenance.v1.prov", data));
      }
      if (made?.extra === true) {
        blobs.push(utf8("second"));
        layers.push(descriptor("application/tar+gzip", utf8("second")));
      }
      for (const blob of blobs) await registry.pushBlob("charts/web", blob);
      const manifest = {
        schemaVersion: 2,
        config: descriptor("application/vnd.cncf.helm.config.v1+json", config),
        layers,
      };
      const answer = await registry.pushManifest("charts/web", "1.0.0", manifest);
      return answer.headers.get("docker-content-digest") ?? "";
    };

  it.each<[string, Made | undefined, RegExp | undefined]>([
    ["good", {}, undefined],
    ["unsigned", undefined, /there is no provenance file/],
    ["wrong key", { key: "other" }, /signature made by unknown entity/],
    ["tampered", { after: (text) => text.replace("name: web", "name: wob") }, /verification failure/],
    ["no signature", { after: () => "hello" }, /signature block not found/],
    ["sum of another archive", { sum: OTHER_DIGEST }, /sha256 sum does not match for web-1\.0\.0\.tgz/],
    ["another file", { file: "api-1.0.0.tgz" }, /does not contain a SHA for a file named "web-1\.0\.0\.tgz"/],
    ["a second layer to take for the archive", { extra: true }, /no archive that a provenance file could speak of/],
  ])("pulls: %s", async (_, made, reason) => {
    await expectPulls(await scene(await required(), nothing, pushing(made)), reason);
  });

  it("counts only the fingerprints that are named", async () => {
    const fingerprint = own.getFingerprint().toUpperCase();
    await expectPulls(await scene(await required([fingerprint]), nothing, pushing({})), undefined);
    await expectPulls(await scene(await required(["0".repeat(40)]), nothing, pushing({})), /none of those named/);
  });

  interface PluginMade {
    readonly sum?: string;
    readonly extra?: boolean;
  }
  const pushPlugin = async (registry: TestRegistry, made: PluginMade | undefined): Promise<void> => {
    const archive = utf8("plugin");
    const titled = (data: Uint8Array, title: string): object => ({
      ...descriptor("application/vnd.oci.image.layer.v1.tar", data),
      annotations: { "org.opencontainers.image.title": title },
    });
    const layers = [titled(archive, "labels-1.0.0.tgz")];
    const blobs = [archive, utf8("{}")];
    if (made !== undefined) {
      const text = `name: labels\n\n...\nfiles:\n  labels-1.0.0.tgz: ${made.sum ?? sha256(archive)}\n`;
      const signed = await openpgp.sign({ message: await openpgp.createCleartextMessage({ text }), signingKeys: own });
      blobs.push(utf8(signed));
      layers.push(titled(utf8(signed), "labels-1.0.0.tgz.prov"));
    }
    if (made?.extra === true) {
      blobs.push(utf8("second"));
      layers.push(titled(utf8("second"), "labels-2.0.0.tgz"));
    }
    for (const blob of blobs) await registry.pushBlob("charts/labels", blob);
    const answer = await registry.pushManifest("charts/labels", "v1", {
      schemaVersion: 2,
      artifactType: "application/vnd.helm.plugin.v1+json",
      config: descriptor("application/vnd.oci.empty.v1+json", utf8("{}")),
      layers,
    });
    expect(answer.status).toBe(201);
  };

  it.each<[string, PluginMade | undefined, string | undefined]>([
    ["signed", {}, undefined],
    ["unsigned", undefined, "there is no provenance file"],
    ["signed for another archive", { sum: OTHER_DIGEST }, "sha256 sum does not match"],
    ["signed, with a second archive", { extra: true }, "no archive that a provenance file could speak of"],
  ])("is asked of plugins too: %s", async (_, made, reason) => {
    const { registry } = await scene(await required(), nothing);
    await pushPlugin(registry, made);
    const resolve = async () => await registry.plugins.resolve({ project: "charts", name: "labels", tag: "v1" });
    const status = (await registry.ask("GET", "/v2/charts/labels/manifests/v1")).status;
    if (reason === undefined) {
      expect([status, await resolve()]).toEqual([200, expect.stringMatching(/^sha256:/)]);
    } else {
      await expect(resolve()).rejects.toMatchObject({
        code: "SIGNATURE_REQUIRED",
        message: expect.stringContaining(reason),
      });
      expect(status).toBe(403);
    }
  });
});
