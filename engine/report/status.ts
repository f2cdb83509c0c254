import { encodeYaml } from "../encoding/yaml-emit.ts";
import type { JsonObject } from "../errors.ts";
import { trimSpace } from "../go/unicode.ts";
import type { Zone } from "../go/time-zone.ts";
import { encodeJsonValue } from "../encoding/json-encode.ts";
import { releaseText } from "../release/document.ts";
import { listText, objectText } from "../release/json-text.ts";
import type { Release } from "../release/release.ts";
import type { Colors } from "./color.ts";
import { hooksText } from "./manifest.ts";
import { outputText, type OutputFormat } from "./output.ts";
import { serverTablesText } from "./server-table.ts";
import { ansicText } from "./time.ts";
import { computedValues } from "./values.ts";

/** Live objects under the name that Helm gives to their kind, e.g. `v1/Deployment`, `v1/Pod(related)`: whole, or as server tables. */
export interface ResourceGroup {
  readonly name: string;
  readonly objects: readonly JsonObject[];
}

/** How a release is shown. */
export interface StatusStyle {
  readonly format: OutputFormat;
  readonly zone: Zone;
  readonly colors: Colors;
  /** What `--debug` and `get all` add: values, hooks and manifest. */
  readonly debug?: boolean;
  /** Chart, version and application version. */
  readonly metadata?: boolean;
  readonly hideNotes?: boolean;
  /** `status` leaves the chart out of JSON and YAML. */
  readonly withoutChart?: boolean;
  readonly resources?: readonly ResourceGroup[];
}

/** What `helm install`, `upgrade`, `status`, `test` and `get all` print of a release. */
export function statusText(release: Release, style: StatusStyle): string {
  return outputText({ table: () => block(release, style), json: () => documentText(release, style) }, style.format);
}

function documentText(release: Release, { withoutChart, resources = [] }: StatusStyle): string {
  const groups = resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const shown = groups.reduce(
    (text, group) => text.raw(group.name, listText(group.objects.map((object) => encodeJsonValue(object)))),
    objectText(),
  );
  return releaseText(release, {
    ...(withoutChart === true ? { withoutChart } : {}),
    ...(groups.length === 0 ? {} : { resources: shown.end() }),
  });
}

/** What Helm puts into the description of a dry run, by which it knows one. */
const DRY_RUN = "dry run complete";

function block(release: Release, style: StatusStyle): string {
  const { info, chart } = release;
  const { zone, colors, debug = false } = style;
  const lines = [
    `NAME: ${release.name}`,
    ...(info.lastDeployed === undefined ? [] : [`LAST DEPLOYED: ${ansicText(info.lastDeployed, zone)}`]),
    `NAMESPACE: ${colors.namespace(release.namespace)}`,
    `STATUS: ${colors.status(info.status)}`,
    `REVISION: ${release.version}`,
    ...(style.metadata === true
      ? [
          `CHART: ${chart.metadata.name}`,
          `VERSION: ${chart.metadata.version}`,
          `APP_VERSION: ${chart.metadata.appVersion ?? ""}`,
        ]
      : []),
    `DESCRIPTION: ${info.description}`,
  ];
  return [
    lines.map((line) => `${line}\n`).join(""),
    resourcesText(style.resources ?? []),
    testsText(release, zone),
    debug ? valuesBlock(release) : "",
    debug || info.description.toLowerCase() === DRY_RUN
      ? `HOOKS:\n${hooksText(release)}MANIFEST:\n${release.manifest}\n`
      : "",
    style.hideNotes === true || (info.notes ?? "") === "" ? "" : `NOTES:\n${trimSpace(info.notes ?? "")}\n`,
  ].join("");
}

function resourcesText(groups: readonly ResourceGroup[]): string {
  if (groups.length === 0) return "";
  const texts = groups.map(({ name, objects }) => `==> ${name}\n${serverTablesText(objects)}\n`);
  return `RESOURCES:\n${texts.join("")}\n`;
}

/** Helm compatibility: with tests of which none has run nothing is said. */
function testsText({ hooks }: Release, zone: Zone): string {
  const tests = hooks.flatMap((hook) => hook.events.filter((event) => event === "test").map(() => hook));
  if (tests.length === 0) return "TEST SUITE: None\n";
  return tests
    .filter((hook) => hook.lastRun.startedAt !== undefined)
    .map(
      ({ name, lastRun }) =>
        `TEST SUITE:     ${name}\nLast Started:   ${ansicText(lastRun.startedAt, zone)}\n` +
        `Last Completed: ${ansicText(lastRun.completedAt, zone)}\nPhase:          ${lastRun.phase}\n`,
    )
    .join("");
}

function valuesBlock(release: Release): string {
  const given = encodeYaml(release.config);
  return `USER-SUPPLIED VALUES:\n${given}\nCOMPUTED VALUES:\n${encodeYaml(computedValues(release))}\n`;
}
