import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as openpgp from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, required, runProgram } from "../support/helm.ts";
import { runTool } from "../support/run-tool.ts";
import { type SlipwayServer, startServer } from "../support/slipway-server.ts";
import { makeCertificate, makeLogEntry } from "../support/test-authority.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-supply-"));
const SIGN = "https://sigstore.dev/cosign/sign/v1";
const PASSWORD = "canary-supply-0815";
const env = { PATH: process.env["PATH"] ?? "", HOME: root, TZ: "UTC", COSIGN_PASSWORD: PASSWORD };
/** cosign asks no log and no TUF repository. */
const OFFLINE = ["--tlog-upload=false", "--use-signing-config=false", "--yes"];
const IGNORE_LOG = "--insecure-ignore-tlog=true";
const HTTP = "--allow-http-registry";

const cosign = async (...args: readonly string[]): Promise<Ended> =>
  await runProgram(required("COSIGN"), args, { env, cwd: root });
const oras = async (...args: readonly string[]): Promise<string> =>
  done(await runProgram(required("ORAS"), args, { env, cwd: root }));
const slipway = async (...args: readonly string[]): Promise<Ended> =>
  await runTool(args, { cwd: root, env: { ...env, SOURCE_DATE_EPOCH: "1767323045" } });

function done({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}

const CHART = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "values.yaml": "tag: v1\n",
  "templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers: [{name: setup, image: busybox}]
      containers: [{name: web, image: "ghcr.io/acme/web:{{ .Values.tag }}"}]
`,
  "templates/test.yaml": `apiVersion: v1
kind: Pod
metadata: {name: test, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: test, image: "quay.io/acme/test@sha256:${"2".repeat(64)}"}]}
`,
};
const ARCHIVE = "web-1.0.0.tgz";

let server: SlipwayServer;
/** A repository of its own for each test; gives its place and the digest of the chart in it. */
let count = 0;
const freshPlace = (): string => `${server.host}/charts/r${++count}`;

async function push(place: string, ...flags: readonly string[]): Promise<string> {
  const text = done(await slipway("push", ARCHIVE, `oci://${place}`, "--plain-http", ...flags));
  return /Digest: (sha256:[0-9a-f]{64})/.exec(text)?.[1] ?? text;
}

beforeAll(async () => {
  for (const [name, text] of Object.entries(CHART)) {
    mkdirSync(join(root, "web", name, ".."), { recursive: true });
    writeFileSync(join(root, "web", name), text);
  }
  done(await runProgram(required("HELM"), ["package", "web"], { env, cwd: root }));
  done(await cosign("generate-key-pair"));
  done(await cosign("generate-key-pair", "--output-key-prefix", "other"));
  server = await startServer({ args: ["--no-sample"] });
});
afterAll(async () => {
  await server.dispose();
  rmSync(root, { recursive: true, force: true });
});

const ALL = ["--cosign-key", "cosign.key", "--sbom", "--set", "tag=v2", "--slsa-provenance"];
const verifyArgs = (place: string, key = "cosign.pub"): readonly string[] => [
  "--key",
  key,
  IGNORE_LOG,
  HTTP,
  `${place}/web:1.0.0`,
];

describe("what slipway push attaches", () => {
  let place = "";
  beforeAll(async () => {
    place = freshPlace();
    await push(place, ...ALL);
  });

  it("cosign verify accepts by the right key alone", async () => {
    const [signed] = JSON.parse(done(await cosign("verify", ...verifyArgs(place)))).filter(
      (claim: { critical: { type: string } }) => claim.critical.type === SIGN,
    );
    expect(signed.critical.image["docker-manifest-digest"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await cosign("verify", ...verifyArgs(place, "other.pub"))).code).not.toBe(0);
  });

  const payload = async (type: string) => {
    const text = done(await cosign("verify-attestation", "--type", type, ...verifyArgs(place)));
    return JSON.parse(Buffer.from(JSON.parse(text).payload, "base64").toString());
  };

  it("cosign verify-attestation gives the SBOM of what the values render, hooks included", async () => {
    const packages: readonly { name: string; versionInfo?: string }[] = (await payload("spdxjson")).predicate.packages;
    expect(packages.map(({ name, versionInfo }) => `${name} ${versionInfo ?? "-"}`)).toEqual([
      "web 1.0.0",
      "docker.io/library/busybox -",
      "ghcr.io/acme/web v2",
      `quay.io/acme/test sha256:${"2".repeat(64)}`,
    ]);
  });

  it("cosign verify-attestation gives the provenance of manifest and archive", async () => {
    const subjects: readonly { name: string }[] = (await payload("slsaprovenance1")).subject;
    expect(subjects.map(({ name }) => name)).toEqual([`${place}/web`, ARCHIVE]);
  });

  it("cosign tree and oras discover show by its kind", async () => {
    const tree = done(await cosign("tree", HTTP, `${place}/web:1.0.0`));
    for (const type of [SIGN, "https://spdx.dev/Document", "https://slsa.dev/provenance/v1", "application/spdx+json"]) {
      expect(tree).toContain(`${type} artifacts via OCI referrer`);
    }
    const { referrers } = JSON.parse(await oras("discover", "--plain-http", "--format", "json", `${place}/web:1.0.0`));
    expect(referrers.map((item: { artifactType: string }) => item.artifactType).toSorted()).toEqual([
      "application/spdx+json",
      ...Array<string>(3).fill("application/vnd.dev.sigstore.bundle.v0.3+json"),
    ]);
  });

  it("is the same when it is pushed again at the same time", async () => {
    await push(place, ...ALL);
    const { referrers } = JSON.parse(await oras("discover", "--plain-http", "--format", "json", `${place}/web:1.0.0`));
    expect(referrers).toHaveLength(4);
  });

  it("slipway verify accepts by the right key alone", async () => {
    const verify = ["verify", `oci://${place}/web:1.0.0`, "--plain-http", "--cosign-key"];
    expect(done(await slipway(...verify, "cosign.pub"))).toContain(`Signed: ${SIGN} sha256:`);
    const refused = await slipway(...verify, "other.pub");
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
  });
});

describe("what cosign sign attaches", () => {
  it.each([
    ["as a bundle", ["--new-bundle-format=true"]],
    ["under a tag, as before version 3", ["--new-bundle-format=false"]],
  ])("%s, slipway verify accepts by the right key alone", async (_, format) => {
    const place = freshPlace();
    const digest = await push(place);
    const verify = ["verify", `oci://${place}/web@${digest}`, "--plain-http", "--cosign-key"];
    expect((await slipway(...verify, "cosign.pub")).stderr).toContain("no signature of sha256:");
    done(await cosign("sign", "--key", "cosign.key", ...OFFLINE, ...format, HTTP, `${place}/web@${digest}`));
    expect(done(await slipway(...verify, "cosign.pub"))).toContain(`Digest: ${digest}\n`);
    expect((await slipway(...verify, "other.pub")).code).toBe(1);
  });

  it("for another chart, slipway verify does not accept", async () => {
    const [from, to] = [freshPlace(), freshPlace()];
    const digest = await push(from, "--cosign-key", "cosign.key");
    done(await slipway("package", "web", "--version", "1.0.1"));
    done(await slipway("push", "web-1.0.1.tgz", `oci://${to}`, "--plain-http"));
    await oras("cp", "-r", "--from-plain-http", "--to-plain-http", `${from}/web@${digest}`, `${to}/web:copied`);
    expect(
      done(await slipway("verify", `oci://${to}/web:copied`, "--plain-http", "--cosign-key", "cosign.pub")),
    ).toContain(digest);
    expect((await slipway("verify", `oci://${to}/web:1.0.1`, "--plain-http", "--cosign-key", "cosign.pub")).code).toBe(
      1,
    );
  });

  // cosign's own verify counts every statement of the key; ours wants one that says "signed".
  it("as an attestation alone is no signature for slipway", async () => {
    const place = freshPlace();
    const digest = await push(place);
    writeFileSync(join(root, "predicate.json"), "{}");
    const predicate = ["--predicate", "predicate.json", "--type", "https://example.com/x"];
    done(await cosign("attest", "--key", "cosign.key", ...OFFLINE, ...predicate, HTTP, `${place}/web@${digest}`));
    expect((await cosign("verify", ...verifyArgs(place))).code).toBe(0);
    const refused = await slipway("verify", `oci://${place}/web:1.0.0`, "--plain-http", "--cosign-key", "cosign.pub");
    expect(refused.stderr).toContain("1 other statements of the key are no signature");
  });
});

describe("what slipway package writes beside the archive", () => {
  it("cosign verify-blob and verify-blob-attestation accept", async () => {
    done(await slipway("package", "web", "--cosign-key", "cosign.key", "--sbom=cyclonedx", "--slsa-provenance"));
    const by = (suffix: string): readonly string[] => ["--key", "cosign.pub", IGNORE_LOG, "--bundle", ARCHIVE + suffix];
    done(await cosign("verify-blob", ...by(".sigstore.json"), ARCHIVE));
    done(await cosign("verify-blob-attestation", ...by(".cdx.sigstore.json"), "--type", "cyclonedx", ARCHIVE));
    const provenance = by(".provenance.sigstore.json");
    done(await cosign("verify-blob-attestation", ...provenance, "--type", "slsaprovenance1", ARCHIVE));
    expect(JSON.parse(readFileSync(join(root, `${ARCHIVE}.cdx.json`), "utf8")).specVersion).toBe("1.6");
  });

  it("slipway verify accepts cosign's signature of a file, until the file changes", async () => {
    writeFileSync(join(root, "blob.tgz"), "one");
    done(
      await cosign("sign-blob", "--key", "cosign.key", ...OFFLINE, "--bundle", "blob.tgz.sigstore.json", "blob.tgz"),
    );
    expect((await slipway("verify", "blob.tgz", "--cosign-key", "cosign.pub")).code).toBe(0);
    writeFileSync(join(root, "blob.tgz"), "two");
    expect((await slipway("verify", "blob.tgz", "--cosign-key", "cosign.pub")).code).toBe(1);
  });
});

// What a project requires, asked for by readers with the real helm, and signed by the real programs.
describe("a project that requires signatures", () => {
  const ADMIN = "admin-token-000000000000000000000000";
  const READER = "reader-token-00000000000000000000000";
  const IDENTITY = "https://github.example/acme/web/release.yml@refs/heads/main";
  const ISSUER = "https://token.actions.example";
  const tools = { ...env, XDG_CONFIG_HOME: join(root, "config"), IMPORTED: PASSWORD };
  let guarded: SlipwayServer;

  const authority = makeCertificate({
    subject: [
      ["O", "acme"],
      ["CN", "root"],
    ],
    authority: true,
  });
  const leaf = makeCertificate({ subject: [["CN", "leaf"]], parent: authority, uri: IDENTITY, issuer: ISSUER });
  const brief = makeCertificate({
    subject: [["CN", "brief"]],
    parent: authority,
    uri: IDENTITY,
    issuer: ISSUER,
    notBefore: "20250101000000Z",
    notAfter: "20250101001000Z",
  });
  const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = makeCertificate({
    subject: [["CN", "leaf"]],
    parent: authority,
    uri: "https://evil.example/x",
    issuer: ISSUER,
  });

  const helm = async (...args: readonly string[]): Promise<Ended> =>
    await runProgram(required("HELM"), args, { env: tools, cwd: root });
  const notation = async (...args: readonly string[]): Promise<Ended> =>
    await runProgram(required("NOTATION"), args, { env: tools, cwd: root });
  const as = (token: string): readonly string[] => ["--plain-http", "--username", "x", "--password", token];
  const cosignAs: readonly string[] = ["--registry-username", "x", "--registry-password", ADMIN, HTTP, ...OFFLINE];

  let pushes = 0;
  /** helm writes the file's second into the manifest: of one that was decided on, the decision would stay. */
  async function pushed(project: string, archive = ARCHIVE): Promise<string> {
    const time = new Date(Date.UTC(2026, 0, 1) + ++pushes * 1000);
    utimesSync(join(root, archive), time, time);
    const { code, stdout, stderr } = await helm("push", archive, `oci://${guarded.host}/${project}`, ...as(ADMIN));
    if (code !== 0) throw new Error(stderr + stdout + guarded.output());
    return `${guarded.host}/${project}/web@${/sha256:[0-9a-f]{64}/.exec(stdout + stderr)?.[0] ?? ""}`;
  }
  const pull = async (project: string): Promise<Ended> =>
    await helm("pull", `oci://${guarded.host}/${project}/web`, "--version", "1.0.0", "-d", root, ...as(READER));
  const expectRefused = async (project: string, reason: string): Promise<void> => {
    const { code, stderr } = await pull(project);
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
  };
  const expectPulled = async (project: string): Promise<void> => {
    const { code, stderr } = await pull(project);
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  };

  beforeAll(async () => {
    for (const [name, certificate] of Object.entries({ leaf, stranger })) {
      writeFileSync(join(root, `${name}.pem`), certificate.pem);
      writeFileSync(join(root, `${name}.key`), certificate.keyPem);
      done(await cosign("import-key-pair", "--key", `${name}.key`, "--output-key-prefix", `${name}-cosign`));
    }
    writeFileSync(join(root, "authority.pem"), authority.pem);
    writeFileSync(join(root, "rekor.pub"), log.publicKey.export({ type: "spki", format: "pem" }));
    done(await notation("cert", "generate-test", "acme"));
    done(await notation("cert", "generate-test", "nobody"));
    const { privateKey, publicKey } = await openpgp.generateKey({
      userIDs: [{ name: "acme" }],
      date: new Date("2026-01-01"),
    });
    const secret = await openpgp.readPrivateKey({ armoredKey: privateKey });
    writeFileSync(join(root, "secret.gpg"), secret.write());
    writeFileSync(join(root, "public.asc"), publicKey);
    const hosted = (...names: readonly string[]): object[] => names.map((name) => ({ kind: "hosted", name }));
    const roots = `file:${join(root, "authority.pem")}`;
    const trusted = join(root, "config", "notation", "localkeys", "acme.crt");
    const config = {
      clusters: [{ name: "local", kind: "embedded" }],
      projects: [
        ...hosted("keyed", "tagged", "identified", "logged", "noted", "pgp", "both"),
        { kind: "group", name: "all", members: [{ project: "keyed" }] },
      ],
      tokens: [
        { name: "admin", token: "env:ADMIN", grants: [{ allow: ["*"] }] },
        { name: "reader", token: "env:READER", grants: [{ allow: ["charts:read"] }] },
      ],
      signatures: [
        {
          projects: ["keyed", "tagged", "both"],
          require: [{ kind: "cosign-key", keys: [readFileSync(join(root, "cosign.pub"), "utf8")] }],
        },
        {
          projects: ["identified"],
          require: [{ kind: "cosign-identity", roots, identity: "https://github.example/acme/*", issuer: ISSUER }],
        },
        {
          projects: ["logged"],
          require: [
            {
              kind: "cosign-identity",
              roots,
              identity: IDENTITY,
              issuer: ISSUER,
              log: `file:${join(root, "rekor.pub")}`,
            },
          ],
        },
        {
          projects: ["noted", "both"],
          require: [
            { kind: "notation", roots: `file:${trusted}`, identities: ["x509.subject: C=US, ST=WA, O=Notary"] },
          ],
        },
        { projects: ["pgp"], require: [{ kind: "provenance", keyring: `file:${join(root, "public.asc")}` }] },
      ],
    };
    writeFileSync(join(root, "slipway.yaml"), JSON.stringify(config));
    guarded = await startServer({ args: ["--config", join(root, "slipway.yaml")], env: { ADMIN, READER } });
  });
  afterAll(async () => await guarded.dispose());

  it.each([
    ["keyed", "--new-bundle-format=true"],
    ["tagged", "--new-bundle-format=false"],
  ])("by key takes what cosign signs: %s, %s", async (project, format) => {
    const chart = await pushed(project);
    await expectRefused(project, "missing a cosign signature (nothing is attached that cosign signed)");
    done(await cosign("sign", "--key", "other.key", ...cosignAs, format, chart));
    await expectRefused(project, "is by none of the given keys");
    done(await cosign("sign", "--key", "cosign.key", ...cosignAs, format, chart));
    await expectPulled(project);
    if (project === "keyed") await expectPulled("all");
  });

  it("by identity takes what cosign signs with a certificate of it", async () => {
    const chart = await pushed("identified");
    const certified = (name: string): readonly string[] => [
      "--cert",
      `${name}.pem`,
      "--cert-chain",
      "authority.pem",
      "--new-bundle-format=false",
    ];
    const signAs = async (name: string): Promise<string> =>
      done(await cosign("sign", "--key", `${name}-cosign.key`, ...certified(name), ...cosignAs, chart));
    await signAs("stranger");
    await expectRefused("identified", "is by another identity than the wanted one");
    await signAs("leaf");
    await expectPulled("identified");
    const verify = [
      "--certificate-identity-regexp",
      "https://github.example/acme/.*",
      "--certificate-oidc-issuer",
      ISSUER,
    ];
    const trust = ["--cert-chain", "authority.pem", "--insecure-ignore-sct", IGNORE_LOG, "--registry-username", "x"];
    const asReader = ["--registry-password", READER, HTTP, "--new-bundle-format=false", chart];
    done(await cosign("verify", ...verify, ...trust, ...asReader));
  });

  it.each([
    ["in time", "2025-01-01T00:05:00Z", undefined, "pulled"],
    ["after the certificate's end", "2025-01-01T01:05:00Z", undefined, "expired at"],
    ["about another payload", "2025-01-01T00:05:00Z", "0".repeat(64), "about another signature"],
  ])("by identity and a log's entry %s says what cosign says offline", async (_, time, otherHash, wanted) => {
    const chart = await pushed("logged");
    const digest = chart.slice(chart.indexOf("@") + 1);
    const image = { "docker-manifest-digest": digest };
    const critical = { identity: { "docker-reference": "" }, image, type: "cosign container image signature" };
    const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
    const signature = sign("sha256", payload, brief.key).toString("base64");
    const value = otherHash ?? createHash("sha256").update(payload).digest("hex");
    const publicKey = { content: Buffer.from(brief.pem).toString("base64") };
    const spec = { data: { hash: { algorithm: "sha256", value } }, signature: { content: signature, publicKey } };
    const record = { apiVersion: "0.0.1", kind: "hashedrekord", spec };
    const spki = log.publicKey.export({ type: "spki", format: "der" });
    const integratedTime = Date.parse(time) / 1000;
    const { body, logId, logIndex, promise } = makeLogEntry(log.privateKey, spki, { record, integratedTime });
    const entry = { SignedEntryTimestamp: promise, Payload: { body, integratedTime, logIndex, logID: logId } };
    const annotations = {
      "dev.cosignproject.cosign/signature": signature,
      "dev.sigstore.cosign/certificate": brief.pem,
      "dev.sigstore.cosign/bundle": JSON.stringify(entry),
    };
    const send = async (method: string, path: string, bytes: Buffer, type: string): Promise<void> => {
      const headers = { authorization: `Bearer ${ADMIN}`, "content-type": type };
      const answer = await fetch(`${guarded.url}/v2/logged/web/${path}`, {
        method,
        headers,
        body: new Uint8Array(bytes),
      });
      if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    };
    const stored = async (bytes: Buffer, mediaType: string) => {
      const hash = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
      await send("POST", `blobs/uploads/?digest=${hash}`, bytes, "application/octet-stream");
      return { mediaType, digest: hash, size: bytes.length };
    };
    const config = await stored(Buffer.from("{}"), "application/vnd.oci.image.config.v1+json");
    const layer = await stored(payload, "application/vnd.dev.cosign.simplesigning.v1+json");
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = { schemaVersion: 2, mediaType, config, layers: [{ ...layer, annotations }] };
    await send("PUT", `manifests/${digest.replace(":", "-")}.sig`, Buffer.from(JSON.stringify(manifest)), mediaType);
    const whose = ["--certificate-identity", IDENTITY, "--certificate-oidc-issuer", ISSUER, "--insecure-ignore-sct"];
    const asAdmin = ["--registry-username", "x", "--registry-password", ADMIN, HTTP];
    const trust = { SIGSTORE_REKOR_PUBLIC_KEY: "rekor.pub", SIGSTORE_ROOT_FILE: "authority.pem" };
    const verified = await runProgram(
      required("COSIGN"),
      ["verify", ...whose, "--offline", "--new-bundle-format=false", ...asAdmin, chart],
      { env: { ...tools, ...trust }, cwd: root },
    );
    expect(verified.code === 0).toBe(wanted === "pulled");
    await (wanted === "pulled" ? expectPulled("logged") : expectRefused("logged", wanted));
  });

  it("by notation takes what notation signs in JWS", async () => {
    const chart = await pushed("noted");
    const signBy = async (key: string, ...flags: readonly string[]): Promise<string> =>
      done(await notation("sign", "--insecure-registry", "-u", "x", "-p", ADMIN, "--key", key, ...flags, chart));
    await expectRefused("noted", "missing a notation signature (nothing is attached that notation signed)");
    await signBy("nobody");
    await expectRefused("noted", "leads to no trusted root");
    await signBy("acme", "--signature-format", "cose", "--force-referrers-tag=false");
    await expectRefused("noted", "sign with --signature-format jws");
    await signBy("acme");
    await expectPulled("noted");
  });

  it("by two rules takes only what has both", async () => {
    const chart = await pushed("both");
    done(await cosign("sign", "--key", "cosign.key", ...cosignAs, "--new-bundle-format=true", chart));
    await expectRefused("both", "missing a notation signature");
    done(await notation("sign", "--insecure-registry", "-u", "x", "-p", ADMIN, "--key", "acme", chart));
    await expectPulled("both");
  });

  it("by provenance takes what helm package --sign made", async () => {
    await pushed("pgp");
    await expectRefused("pgp", "missing a PGP provenance file (there is no provenance file");
    mkdirSync(join(root, "signed"), { recursive: true });
    done(await helm("package", "web", "-d", "signed", "--sign", "--key", "acme", "--keyring", "secret.gpg"));
    await pushed("pgp", join("signed", ARCHIVE));
    await expectPulled("pgp");
  });

  it("lets anybody read Artifact Hub's metadata, as oras pushes it, and honours it", async () => {
    writeFileSync(join(root, "artifacthub-repo.yml"), "repositoryID: 8bd3ac4e\nignore: [{name: web, version: ^2}]\n");
    const place = `${guarded.host}/keyed/web:artifacthub.io`;
    const type = "application/vnd.cncf.artifacthub";
    const config = ["--config", `/dev/null:${type}.config.v1+yaml`];
    const layer = `artifacthub-repo.yml:${type}.repository-metadata.layer.v1.yaml`;
    const orasAs = (token: string): readonly string[] => ["--plain-http", "-u", "x", "-p", token];
    await oras("push", ...orasAs(ADMIN), ...config, place, layer);
    await oras("pull", ...orasAs(READER), "-o", "pulled", place);
    expect(readFileSync(join(root, "pulled", "artifacthub-repo.yml"), "utf8")).toContain("8bd3ac4e");
    const answer = await fetch(`${guarded.url}/v1/charts/keyed/web`, {
      headers: { authorization: `Bearer ${READER}` },
    });
    const { items, repositoryId } = await answer.json();
    expect([repositoryId, items.map((item: { version: string }) => item.version)]).toEqual(["8bd3ac4e", ["1.0.0"]]);
  });

  it("refuses an install likewise, with the code that says so", async () => {
    done(await helm("package", "web", "--version", "2.0.0"));
    await pushed("noted", "web-2.0.0.tgz");
    const path = "/v1/clusters/local/namespaces/default/releases/web/install";
    const answer = await fetch(guarded.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
      body: JSON.stringify({ chart: "noted/web", version: "2.0.0" }),
    });
    const { code, detail } = await answer.json();
    expect([answer.status, code]).toEqual([403, "signature-required"]);
    expect(detail).toContain("missing a notation signature");
  });
});

describe("POST …/attachments", () => {
  const call = async (init?: RequestInit): Promise<Response> =>
    await fetch(`${server.url}/v1/charts/charts/web/1.0.0/attachments`, init);
  const post = async (body: object): Promise<Response> =>
    await call({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  beforeAll(async () => void (await push(`${server.host}/charts`)));

  it("attaches what cosign verifies, and GET lists it", async () => {
    const cosignKey = readFileSync(join(root, "cosign.key"), "utf8");
    const body = { cosignKey, cosignPassword: PASSWORD, sbom: "spdx", set: ["tag=v3"], slsaProvenance: true };
    const made = await post(body);
    const answer = await made.json();
    expect([made.status, answer.detail]).toEqual([201, undefined]);
    const { items } = answer;
    done(await cosign("verify", ...verifyArgs(`${server.host}/charts`)));
    done(await cosign("verify-attestation", "--type", "spdxjson", ...verifyArgs(`${server.host}/charts`)));
    const listed = await (await call()).json();
    const digests = (list: readonly { digest: string }[]): readonly string[] =>
      list.map(({ digest }) => digest).toSorted();
    expect(digests(listed.items)).toEqual(digests(items));
    expect(listed.items.map((item: { predicateType?: string }) => item.predicateType ?? "-").toSorted()).toEqual([
      "-",
      SIGN,
      "https://slsa.dev/provenance/v1",
      "https://spdx.dev/Document",
    ]);
  });

  it("refuses a wrong password, and neither it nor the key shows anywhere", async () => {
    const cosignKey = readFileSync(join(root, "cosign.key"), "utf8");
    const refused = await post({ cosignKey, cosignPassword: "canary-wrong" });
    const text = await refused.text();
    expect([refused.status, JSON.parse(text).code]).toEqual([400, "invalid-request"]);
    expect(text).toContain("the password does not open the private key");
    for (const secret of [PASSWORD, "canary-wrong", cosignKey.split("\n")[2] ?? cosignKey]) {
      expect(text + server.output()).not.toContain(secret);
    }
  });
});
