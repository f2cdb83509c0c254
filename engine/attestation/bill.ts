import type { Digest } from "../oci/digest.ts";
import { cyclonedxBill } from "./cyclonedx.ts";
import { type ImageName, parseImageName } from "./image-name.ts";
import { spdxBill } from "./spdx.ts";

/** SPDX 2.3 or CycloneDX 1.6, both as JSON. */
export type BillFormat = "spdx" | "cyclonedx";

/** The chart that a bill is about. */
export interface BilledChart {
  readonly name: string;
  readonly version: string;
  /** sha256 of the archive. */
  readonly archive: Digest;
  /** Where it lies in a registry. */
  readonly place?: Omit<ImageName, "text">;
}

/** What a bill says. */
export interface BillInput {
  readonly chart: BilledChart;
  /** As pod specs name them, each once. */
  readonly images: readonly string[];
  /** RFC 3339, in UTC. */
  readonly created: string;
}

/** An image of a bill: taken apart, or the bare text that no runtime would pull. */
export interface BilledImage {
  readonly text: string;
  readonly name?: ImageName;
}

/** What writers of bills get. */
export interface Bill extends Omit<BillInput, "images"> {
  readonly images: readonly BilledImage[];
}

const encoder = new TextEncoder();

/** The bill of the images that a chart renders. The same input gives the same bytes. */
export function writeBill(format: BillFormat, { images, ...input }: BillInput): Uint8Array {
  const bill: Bill = { ...input, images: images.map(billedImage) };
  const document = format === "spdx" ? spdxBill(bill) : cyclonedxBill(bill);
  return encoder.encode(`${JSON.stringify(document, null, 2)}\n`);
}

function billedImage(text: string): BilledImage {
  const name = parseImageName(text);
  return name === undefined ? { text } : { text, name };
}
