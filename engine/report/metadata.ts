import type { Zone } from "../go/time-zone.ts";
import { compareBytes } from "../go/value.ts";
import { dependencyText } from "../release/chart-document.ts";
import { objectText, stringMapText, stringText } from "../release/json-text.ts";
import type { Release } from "../release/release.ts";
import { outputText, type OutputFormat } from "./output.ts";
import { secondsText } from "./time.ts";

/** What `helm get metadata` prints. `labels`: Helm's own too where the newest revision was asked for. */
export function metadataText(
  release: Release,
  labels: Readonly<Record<string, string>>,
  style: { readonly format: OutputFormat; readonly zone: Zone },
): string {
  return outputText(
    { table: () => table(release, labels, style.zone), json: () => metadataJson(release, labels, style.zone) },
    style.format,
  );
}

/** Its JSON. */
export function metadataJson(release: Release, labels: Readonly<Record<string, string>>, zone: Zone): string {
  const { metadata } = release.chart;
  const text = objectText()
    .raw("name", stringText(release.name))
    .raw("chart", stringText(metadata.name))
    .raw("version", stringText(metadata.version))
    .raw("appVersion", stringText(metadata.appVersion ?? ""));
  if (Object.keys(metadata.annotations ?? {}).length > 0)
    text.raw("annotations", stringMapText(metadata.annotations ?? {}));
  if (Object.keys(labels).length > 0) text.raw("labels", stringMapText(labels));
  return text
    .list("dependencies", metadata.dependencies?.map(dependencyText))
    .raw("namespace", stringText(release.namespace))
    .raw("revision", String(release.version))
    .raw("status", stringText(release.info.status))
    .raw("deployedAt", stringText(secondsText(release.info.lastDeployed, zone)))
    .text("applyMethod", release.applyMethod)
    .end();
}

const METHODS = {
  "": "client-side apply (defaulted)",
  csa: "client-side apply",
  ssa: "server-side apply",
} as const;

function table(release: Release, labels: Readonly<Record<string, string>>, zone: Zone): string {
  const { metadata } = release.chart;
  const names = (metadata.dependencies ?? []).map((dependency) => dependency.name).sort(compareBytes);
  const lines = [
    `NAME: ${release.name}`,
    `CHART: ${metadata.name}`,
    `VERSION: ${metadata.version}`,
    `APP_VERSION: ${metadata.appVersion ?? ""}`,
    `ANNOTATIONS: ${pairs(metadata.annotations ?? {})}`,
    `LABELS: ${pairs(labels)}`,
    `DEPENDENCIES: ${names.join(",")}`,
    `NAMESPACE: ${release.namespace}`,
    `REVISION: ${release.version}`,
    `STATUS: ${release.info.status}`,
    `DEPLOYED_AT: ${secondsText(release.info.lastDeployed, zone)}`,
    `APPLY_METHOD: ${METHODS[release.applyMethod]}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** `a=1,b=2`, sorted as whole texts. */
function pairs(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .sort(compareBytes)
    .join(",");
}
