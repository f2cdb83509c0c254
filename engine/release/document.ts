import type { JsonObject } from "../errors.ts";
import { integerAt, isJsonObject, listAt, memberAt, objectAt, stringAt } from "../object/json.ts";
import { chartText, parseChart } from "./chart-document.ts";
import { ReleaseError } from "./errors.ts";
import { hooksText, parseHooks } from "./hook-document.ts";
import { objectText } from "./json-text.ts";
import { orderText, parseOrder } from "./order.ts";
import type { Release, ReleaseInfo } from "./release.ts";
import { parseStatus } from "./status.ts";
import { parseTime } from "./time.ts";
import { valuesOf, valuesText } from "./values-document.ts";

/** What a document that is only shown leaves out or adds. */
export interface ShownDocument {
  readonly withoutChart?: boolean;
  /** JSON of the live objects by kind. */
  readonly resources?: string;
}

/** Helm's JSON document of a release, byte for byte as Go writes it. Labels are no part of it. */
export function releaseText(release: Release, shown: ShownDocument = {}): string {
  const text = objectText().text("name", release.name).raw("info", infoText(release.info, shown.resources));
  if (shown.withoutChart !== true) text.raw("chart", chartText(release.chart));
  if (release.config.entries.size > 0) text.raw("config", valuesText(release.config));
  text.text("manifest", release.manifest);
  if (release.hooks.length > 0) text.raw("hooks", hooksText(release.hooks));
  text
    .integer("version", release.version)
    .text("namespace", release.namespace)
    .text("apply_method", release.applyMethod);
  if (release.order !== undefined) text.raw("slipway_order", orderText(release.order));
  return text.end();
}

/** Parses a release document. Accepts what Helm 3 wrote: empty times, no `apply_method`. Throws `ReleaseError` `invalid`. */
export function parseReleaseText(text: string): Release {
  const json = parseJson(text);
  const method = stringAt(json, "apply_method");
  const order = parseOrder(objectAt(json, "slipway_order"));
  return {
    name: stringAt(json, "name") ?? "",
    namespace: stringAt(json, "namespace") ?? "",
    version: integerAt(json, "version") ?? 0,
    info: parseInfo(objectAt(json, "info")),
    chart: parseChart(objectAt(json, "chart")),
    config: valuesOf(memberAt(json, "config")),
    manifest: stringAt(json, "manifest") ?? "",
    hooks: parseHooks(listAt(json, "hooks")),
    applyMethod: method === "ssa" || method === "csa" ? method : "",
    ...(order === undefined ? {} : { order }),
    labels: {},
  };
}

function parseJson(text: string): JsonObject {
  try {
    const json = JSON.parse(text);
    if (isJsonObject(json)) return json;
  } catch {
    throw new ReleaseError("invalid", "the release record is no JSON");
  }
  throw new ReleaseError("invalid", "the release record is no JSON object");
}

function infoText(info: ReleaseInfo, resources: string | undefined): string {
  const text = objectText()
    .text("first_deployed", info.firstDeployed)
    .text("last_deployed", info.lastDeployed)
    .text("deleted", info.deleted)
    .text("description", info.description)
    .text("status", info.status)
    .integer("rollback_revision", info.rollbackRevision)
    .text("notes", info.notes);
  if (resources !== undefined) text.raw("resources", resources);
  return text.end();
}

function parseInfo(json: JsonObject | undefined): ReleaseInfo {
  const firstDeployed = parseTime(stringAt(json, "first_deployed"));
  const lastDeployed = parseTime(stringAt(json, "last_deployed"));
  const deleted = parseTime(stringAt(json, "deleted"));
  const rollbackRevision = integerAt(json, "rollback_revision");
  const notes = stringAt(json, "notes");
  return {
    ...(firstDeployed === undefined ? {} : { firstDeployed }),
    ...(lastDeployed === undefined ? {} : { lastDeployed }),
    ...(deleted === undefined ? {} : { deleted }),
    description: stringAt(json, "description") ?? "",
    status: parseStatus(stringAt(json, "status") ?? ""),
    ...(rollbackRevision === undefined ? {} : { rollbackRevision }),
    ...(notes === undefined ? {} : { notes }),
  };
}
