import { describe, expect, it } from "vitest";
import { HINT, PASSWORD, PRIVATE_KEY, PUBLIC_KEY } from "./cosign-table.ts";
import { attach } from "../../../engine/attestation/attach.ts";
import { makeAttachments } from "../../../engine/attestation/attachments.ts";
import { openSigningKey, openVerifyingKey } from "../../../engine/attestation/cosign-key.ts";
import { COSIGN_SIGN, SLSA_PROVENANCE } from "../../../engine/attestation/statement.ts";
import { verifyChart } from "../../../engine/attestation/verify-chart.ts";
import type { Egress } from "../../../engine/oci/egress.ts";
import { parseDigest } from "../../../engine/oci/digest.ts";
import { fetchManifest, type PullTarget } from "../../../engine/oci/pull.ts";
import { listReferrers } from "../../../engine/oci/referrers.ts";
import { openSession } from "../../../engine/oci/registry-session.ts";
import { openRegistry, type TestRegistry } from "../../support/registry.ts";

const ORIGIN = "http://registry.test";
const key = await openSigningKey({ pem: PRIVATE_KEY, password: PASSWORD });
const checker = await openVerifyingKey(PUBLIC_KEY);

/** The registry as it is, or as one from before OCI 1.1: it has no list of referrers and says nothing of subjects. */
function egressTo(registry: TestRegistry, age: "new" | "old"): Egress {
  return {
    send: async ({ method, url, headers = {}, body }) => {
      if (age === "old" && url.includes("/referrers/")) {
        return { status: 404, headers: new Headers(), body: null };
      }
      const sent = body instanceof Uint8Array ? { body: new Uint8Array(body) } : {};
      const response = await registry.ask(method, url.slice(ORIGIN.length), { headers: { ...headers }, ...sent });
      const answer = new Headers(response.headers);
      if (age === "old") answer.delete("oci-subject");
      return { status: response.status, headers: answer, body: response.body };
    },
  };
}

async function pushed(age: "new" | "old") {
  const registry = openRegistry();
  await registry.pushChart("charts", { name: "web", version: "1.0.0" });
  const policy = { name: "test", hosts: ["registry.test"], elsewhere: "listed", plainHttp: true } as const;
  const egress = egressTo(registry, age);
  const session = openSession({ egress, policy, origin: ORIGIN, actions: "pull,push", now: () => 0 });
  const target: PullTarget = { session, repository: "charts/web" };
  const chart = await fetchManifest(target, "1.0.0");
  if (chart === undefined) throw new Error("no chart was pushed");
  const subject = { mediaType: chart.manifest.mediaType, digest: chart.digest, size: chart.size };
  const attested = {
    metadata: { name: "web", version: "1.0.0" },
    dependencies: [],
    archive: chart.digest,
    pushed: { repository: "registry.test/charts/web", tag: "1.0.0", digest: chart.digest },
  };
  return {
    registry,
    target,
    subject,
    put: async (wish: Parameters<typeof makeAttachments>[1]) =>
      await attach(target, subject, makeAttachments(attested, wish, 0)),
    verify: async () => await verifyChart({ ...target, reference: "1.0.0", shown: "web:1.0.0", key: checker }),
  };
}

describe.each(["new", "old"] as const)("at a %s registry", (age) => {
  it("what is attached is listed once, and verified", async () => {
    const { put, verify, target, subject, registry } = await pushed(age);
    await put({ key, provenance: {} });
    await put({ key, provenance: {} });
    const listed = await listReferrers(target, subject.digest);
    expect(
      listed.map(({ artifactType, annotations = {} }) => [artifactType, annotations["dev.sigstore.bundle.content"]]),
    ).toEqual(Array.from({ length: 2 }, () => ["application/vnd.dev.sigstore.bundle.v0.3+json", "dsse-envelope"]));
    const { digest, statements } = await verify();
    expect(digest).toBe(subject.digest);
    expect(statements.map(({ predicateType }) => predicateType)).toEqual([COSIGN_SIGN, SLSA_PROVENANCE]);
    expect(registry.defects).toEqual([]);
  });

  it.each([
    ["nothing", {}],
    ["a bare statement", { provenance: {} }],
    ["a bill", { sbom: { format: "spdx", images: ["a"] } }],
    [
      "a signature of another key",
      {
        key: { hint: HINT, sign: () => new Uint8Array(8) },
      },
    ],
  ] as const)("%s is no signature", async (_, wish) => {
    const { put, verify } = await pushed(age);
    await put(wish);
    await expect(verify()).rejects.toMatchObject({ code: "not-signed" });
  });
});

it.each([
  ["that never ends", (from: string) => ({ link: `<${from}>; rel="next"` }), []],
  ["that is too long", () => ({}), Array.from({ length: 5001 }, (_, i) => i)],
])("a list %s is refused, not cut: it may hide a signature", async (_, more, items) => {
  const digest = `sha256:${"0".repeat(64)}` as const;
  const manifests = items.map(() => ({ mediaType: "a/b", digest, size: 1 }));
  const type = "application/vnd.oci.image.index.v1+json";
  const egress: Egress = {
    send: async ({ url }) => {
      const headers = new Headers({ "content-type": type, ...more(new URL(url).pathname) });
      return { status: 200, headers, body: new Response(JSON.stringify({ manifests })).body };
    },
  };
  const policy = { name: "test", hosts: ["registry.test"], elsewhere: "listed", plainHttp: true } as const;
  const session = openSession({ egress, policy, origin: ORIGIN, actions: "pull", now: () => 0 });
  const subject = parseDigest(digest);
  if (subject === undefined) throw new Error("no digest");
  await expect(listReferrers({ session, repository: "charts/web" }, subject)).rejects.toMatchObject({
    name: "TransferError",
    code: "refused",
  });
});

it("what else lies there, broken or no bundle, hinders no signature", async () => {
  const { put, verify, target, registry } = await pushed("new");
  const [broken] = await put({ key, provenance: { builder: "urn:x" } }).then((all) => all.slice(1));
  const half = broken === undefined ? undefined : await fetchManifest(target, broken.descriptor.digest);
  const layer = half?.manifest.kind === "image" ? half.manifest.layers[0] : undefined;
  expect((await registry.ask("DELETE", `/v2/charts/web/blobs/${layer?.digest ?? ""}`)).status).toBe(202);
  await put({ key: { hint: HINT, sign: () => new Uint8Array(8) } });
  expect((await verify()).statements.map(({ predicateType }) => predicateType)).toEqual([COSIGN_SIGN]);
});

it("a signature of one chart is none of another, wherever it is attached", async () => {
  const { target, verify, registry } = await pushed("new");
  await registry.pushChart("charts", { name: "web", version: "2.0.0", values: "b: 2\n" });
  const other = await fetchManifest(target, "2.0.0");
  const mine = await fetchManifest(target, "1.0.0");
  if (other === undefined || mine === undefined) throw new Error("no chart was pushed");
  const about = { repository: "registry.test/charts/web", tag: "2.0.0", digest: other.digest };
  const metadata = { name: "web", version: "2.0.0" };
  const made = makeAttachments({ metadata, dependencies: [], archive: other.digest, pushed: about }, { key }, 0);
  await attach(target, { mediaType: mine.manifest.mediaType, digest: mine.digest, size: mine.size }, made);
  await expect(verify()).rejects.toMatchObject({ code: "not-signed" });
});

it("a chart that is not there is not found", async () => {
  const { target } = await pushed("new");
  const verifying = verifyChart({ ...target, reference: "9.9.9", shown: "web:9.9.9", key: checker });
  await expect(verifying).rejects.toMatchObject({ code: "not-found" });
});
