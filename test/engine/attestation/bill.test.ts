import { describe, expect, it } from "vitest";
import { makeAttachedFiles, makeAttachments } from "../../../engine/attestation/attachments.ts";
import { type BillFormat, writeBill } from "../../../engine/attestation/bill.ts";
import { ociPurl, parseImageName } from "../../../engine/attestation/image-name.ts";
import { imagesOf } from "../../../engine/attestation/images.ts";
import { digestOfSmall } from "../../../engine/oci/digest.ts";

const HEX = "1".repeat(64);

describe("images", () => {
  const pod = "{containers: [{name: a, image: a}], initContainers: [{name: i, image: b}]}";
  it.each([
    ["a pod", `kind: Pod\nspec: ${pod}`, ["a", "b"]],
    ["a workload", `kind: Deployment\nspec: {template: {spec: ${pod}}}`, ["a", "b"]],
    ["a cron job", `kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: ${pod}}}}}`, ["a", "b"]],
    ["a list", `kind: List\nitems: [{kind: Pod, spec: ${pod}}]`, ["a", "b"]],
    ["a custom resource", `kind: Rollout\nspec: {workload: {podTemplate: {spec: ${pod}}}}`, ["a", "b"]],
    ["ephemeral containers", "spec: {ephemeralContainers: [{image: e}]}", ["e"]],
    [
      "an image volume",
      "spec: {containers: [{image: z}], volumes: [{name: v, image: {reference: m}}, {name: w, emptyDir: {}}]}",
      ["m", "z"],
    ],
    [
      "two documents that name one image",
      "spec: {containers: [{image: z}]}\n---\nspec: {containers: [{image: z}]}\n",
      ["z"],
    ],
    ["a config map with a manifest in it", 'kind: ConfigMap\ndata: {x: "spec: {containers: [{image: q}]}"}', []],
    [
      "a schema",
      "kind: CustomResourceDefinition\nspec: {properties: {containers: {type: array}, image: {type: string}}}",
      [],
    ],
    ["an image outside of a pod spec", "kind: Prometheus\nspec: {image: p}", []],
    ["texts that are no images", "spec: {containers: [{image: 1}, {image: ''}, {}, 3]}", []],
  ])("of %s", (_, content, images) => {
    expect(imagesOf([content])).toEqual(images);
  });
});

it("images of documents that cannot be read are refused, not left out", () => {
  expect(() => imagesOf(["a: ["])).toThrow("yaml");
  expect(() => imagesOf([`a: ${"[".repeat(300)}${"]".repeat(300)}`])).toThrow("too deep");
});

describe("the purl of an image", () => {
  it.each([
    ["nginx", "pkg:oci/nginx?repository_url=docker.io/library/nginx"],
    ["nginx:1.27", "pkg:oci/nginx?repository_url=docker.io/library/nginx&tag=1.27"],
    ["acme/web:v1", "pkg:oci/web?repository_url=docker.io/acme/web&tag=v1"],
    ["docker.io/nginx", "pkg:oci/nginx?repository_url=docker.io/library/nginx"],
    ["localhost:5000/a/b", "pkg:oci/b?repository_url=localhost%3A5000/a/b"],
    ["localhost/a", "pkg:oci/a?repository_url=localhost/a"],
    [`ghcr.io/acme/web:v1@sha256:${HEX}`, `pkg:oci/web@sha256%3A${HEX}?repository_url=ghcr.io/acme/web&tag=v1`],
    ["", undefined],
    [":tag", undefined],
    ["UPPER", undefined],
    ["a@sha256:1", undefined],
    ["ghcr.io/acme/web:", undefined],
    ["a b", undefined],
  ])("%s", (text, purl) => {
    const name = parseImageName(text);
    expect(name === undefined ? undefined : ociPurl(name)).toBe(purl);
  });
});

const archive = digestOfSmall(new TextEncoder().encode("archive"));
const created = "2026-01-02T03:04:05Z";
const chart = { name: "web", version: "1.0.0", archive };
const bill = (format: BillFormat, images: readonly string[]) =>
  JSON.parse(new TextDecoder().decode(writeBill(format, { chart, images, created })));

describe("bills", () => {
  it.each(["spdx", "cyclonedx"] as const)(
    "of %s have the same bytes for the same input, and another name for another",
    (format) => {
      const name = (document: { documentNamespace?: string; serialNumber?: string }): string | undefined =>
        document.documentNamespace ?? document.serialNumber;
      expect(bill(format, ["a"])).toEqual(bill(format, ["a"]));
      expect(name(bill(format, ["a"]))).not.toBe(name(bill(format, ["b"])));
    },
  );

  it("of SPDX describe the chart, which depends on each image", () => {
    const document = bill("spdx", [`a@sha256:${HEX}`, "???"]);
    expect(document.spdxVersion).toBe("SPDX-2.3");
    expect(document.documentNamespace).toMatch(/^https:\/\/spdx\.org\/spdxdocs\/web-1\.0\.0-[0-9a-f-]{36}$/);
    expect(document.creationInfo).toEqual({ created, creators: ["Tool: slipway"] });
    expect(document.packages.map((item: { name: string }) => item.name)).toEqual(["web", "docker.io/library/a", "???"]);
    expect(document.packages[1].checksums).toEqual([{ algorithm: "SHA256", checksumValue: HEX }]);
    expect(document.packages[2].externalRefs).toBeUndefined();
    expect(document.relationships.map((item: { relationshipType: string }) => item.relationshipType)).toEqual([
      "DESCRIBES",
      "DEPENDS_ON",
      "DEPENDS_ON",
    ]);
  });

  it("of CycloneDX list the images as containers that the chart depends on", () => {
    const document = bill("cyclonedx", ["a", "b"]);
    expect([document.bomFormat, document.specVersion]).toEqual(["CycloneDX", "1.6"]);
    expect(document.components.map((item: { type: string }) => item.type)).toEqual(["container", "container"]);
    expect(document.dependencies).toEqual([{ ref: "chart", dependsOn: ["image-1", "image-2"] }]);
  });
});

describe("attachments without a key", () => {
  const attested = {
    metadata: { name: "web", version: "1.0.0" },
    dependencies: [{ name: "db", version: "2.0.0", repository: "https://example.com/charts" }],
    archive,
  };
  const commit = "0123456789".repeat(4);
  const wish = {
    sbom: { format: "spdx", images: ["a"] },
    provenance: { source: `git+https://example.com/web@${commit}` },
  } as const;
  const pushed = { repository: "registry.example/charts/web", tag: "1.0.0", digest: digestOfSmall(new Uint8Array(1)) };

  it("are bare documents with the types that tools look for", () => {
    const made = makeAttachments({ ...attested, pushed }, wish, Date.parse(created));
    expect(made.map(({ kind, artifactType }) => `${kind} ${artifactType}`)).toEqual([
      "sbom application/spdx+json",
      "provenance application/vnd.in-toto+json",
    ]);
  });

  it("say where the chart came from", () => {
    const [, provenance] = makeAttachments({ ...attested, pushed }, wish, Date.parse(created));
    const statement = JSON.parse(new TextDecoder().decode(provenance?.data));
    expect(statement.subject).toEqual([
      { name: pushed.repository, digest: { sha256: pushed.digest.slice(7) } },
      { name: "web-1.0.0.tgz", digest: { sha256: archive.slice(7) } },
    ]);
    expect(statement.predicateType).toBe("https://slsa.dev/provenance/v1");
    expect(statement.predicate.buildDefinition.resolvedDependencies).toEqual([
      { uri: wish.provenance.source, digest: { gitCommit: commit } },
      { name: "db", uri: "https://example.com/charts", annotations: { version: "2.0.0" } },
    ]);
    expect(statement.predicate.runDetails).toEqual({
      builder: { id: "urn:slipway:builder" },
      metadata: { finishedOn: created },
    });
  });

  it("lie beside an archive under names of their own", () => {
    const files = makeAttachedFiles(attested, new Uint8Array(1), wish, Date.parse(created));
    expect(files.map(({ suffix }) => suffix)).toEqual([".spdx.json", ".provenance.json"]);
  });
});
