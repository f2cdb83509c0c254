import type { JsonObject } from "../errors.ts";
import type { Bill, BilledChart, BilledImage } from "./bill.ts";
import { ociPurl, sha256Hex } from "./image-name.ts";
import { uuidOf } from "./uuid.ts";

const CHART = "chart";

/** The bill as a CycloneDX 1.6 document: the chart, and the images that it depends on. */
export function cyclonedxBill({ chart, images, created }: Bill): JsonObject {
  const metadata = {
    timestamp: created,
    tools: { components: [{ type: "application", name: "slipway" }] },
    component: chartComponent(chart),
  };
  const components = images.map(imageComponent);
  const dependencies = [{ ref: CHART, dependsOn: images.map((_, index) => imageRef(index)) }];
  const uuid = uuidOf(JSON.stringify({ metadata, components }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata,
    components,
    dependencies,
  };
}

function chartComponent({ name, version, archive, place }: BilledChart): JsonObject {
  return {
    type: "application",
    "bom-ref": CHART,
    name,
    version,
    ...hashes(sha256Hex(archive)),
    ...(place === undefined ? {} : { purl: ociPurl(place) }),
  };
}

function imageComponent({ text, name }: BilledImage, index: number): JsonObject {
  const version = name?.tag ?? name?.digest;
  return {
    type: "container",
    "bom-ref": imageRef(index),
    name: name?.repository ?? text,
    ...(version === undefined ? {} : { version }),
    ...hashes(sha256Hex(name?.digest)),
    ...(name === undefined ? {} : { purl: ociPurl(name) }),
  };
}

function imageRef(index: number): string {
  return `image-${index + 1}`;
}

function hashes(content: string | undefined): JsonObject {
  return content === undefined ? {} : { hashes: [{ alg: "SHA-256", content }] };
}
