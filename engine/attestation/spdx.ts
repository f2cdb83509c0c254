import type { JsonObject } from "../errors.ts";
import type { Bill, BilledChart, BilledImage } from "./bill.ts";
import { ociPurl, sha256Hex } from "./image-name.ts";
import { uuidOf } from "./uuid.ts";

const DOCUMENT = "SPDXRef-DOCUMENT";
const CHART = "SPDXRef-Chart";

/** The bill as an SPDX 2.3 document: the chart, and what it depends on. */
export function spdxBill(bill: Bill): JsonObject {
  const { chart, images, created } = bill;
  const name = `${chart.name}-${chart.version}`;
  const packages = [chartPackage(chart), ...images.map(imagePackage)];
  const relationships = [
    relationship(DOCUMENT, "DESCRIBES", CHART),
    ...images.map((_, index) => relationship(CHART, "DEPENDS_ON", imageId(index))),
  ];
  const uuid = uuidOf(JSON.stringify({ created, packages, relationships }));
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT,
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${uuid}`,
    creationInfo: { created, creators: ["Tool: slipway"] },
    documentDescribes: [CHART],
    packages,
    relationships,
  };
}

function chartPackage({ name, version, archive, place }: BilledChart): JsonObject {
  return packageOf({
    id: CHART,
    name,
    version,
    purpose: "APPLICATION",
    checksum: sha256Hex(archive),
    purl: place === undefined ? undefined : ociPurl(place),
  });
}

function imagePackage({ text, name }: BilledImage, index: number): JsonObject {
  return packageOf({
    id: imageId(index),
    name: name?.repository ?? text,
    version: name?.tag ?? name?.digest,
    purpose: "CONTAINER",
    checksum: sha256Hex(name?.digest),
    purl: name === undefined ? undefined : ociPurl(name),
  });
}

interface PackageFacts {
  readonly id: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly purpose: "APPLICATION" | "CONTAINER";
  readonly checksum: string | undefined;
  readonly purl: string | undefined;
}

function packageOf({ id, name, version, purpose, checksum, purl }: PackageFacts): JsonObject {
  return {
    SPDXID: id,
    name,
    ...(version === undefined ? {} : { versionInfo: version }),
    primaryPackagePurpose: purpose,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    ...(checksum === undefined ? {} : { checksums: [{ algorithm: "SHA256", checksumValue: checksum }] }),
    ...(purl === undefined
      ? {}
      : {
          externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
        }),
  };
}

function imageId(index: number): string {
  return `SPDXRef-Image-${index + 1}`;
}

function relationship(from: string, type: "DESCRIBES" | "DEPENDS_ON", to: string): JsonObject {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}
