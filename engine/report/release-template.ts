import type { Chart, Dependency, Metadata } from "../chart/chart.ts";
import { goTime } from "../go/time.ts";
import type { Zone } from "../go/time-zone.ts";
import {
  goInt,
  GoBytes,
  GoList,
  GoMap,
  GoObject,
  type GoMethod,
  type GoStructType,
  type GoValue,
  STRING_MAP,
} from "../go/value.ts";
import type { Hook } from "../manifest/hook.ts";
import type { Release, ReleaseInfo } from "../release/release.ts";
import { Budget } from "../template/budget.ts";
import { executeTemplate } from "../template/execution.ts";
import { createTemplateSet } from "../template/template-set.ts";
import { parseTemplate } from "../template/template.ts";
import { storedInstant } from "./time.ts";

const NAME = "_";
const NO_METHODS: ReadonlyMap<string, GoMethod> = new Map();

/**
 * What `helm get all --template` prints: a Go template with Go's own functions over `.Release`. Throws `TemplateError` with Go's text.
 * Unlike Helm nothing is printed of a template that fails midway.
 */
export function releaseTemplateText(
  template: string,
  release: Release,
  input: { readonly zone: Zone; readonly now: number },
): string {
  const functions = new Map();
  const set = createTemplateSet([parseTemplate(NAME, template, functions)], functions);
  const data = new GoMap(new Map([["Release", releaseValue(release, input.zone)]]));
  return executeTemplate(set, NAME, data, {
    now: input.now,
    randomBytes: (length) => new Uint8Array(length),
    ask: (request) => {
      throw new Error(`${request.kind} is no function of this template`);
    },
    nextOrdinal: () => 0,
    remember: (_key, make) => make(),
    budget: new Budget(),
    lint: false,
    warn: () => undefined,
  });
}

/** A struct, or a pointer to one, of Go's name. */
function struct(name: string, fields: readonly (readonly [string, GoValue])[]): GoObject {
  const type: GoStructType = { name, fields: fields.map(([field]) => field), methods: NO_METHODS };
  return new GoObject(type, new Map(fields));
}

function texts(items: readonly string[] | undefined, type = "[]string"): GoList {
  return new GoList(items ?? [], type, items === undefined);
}

function textMap(map: Readonly<Record<string, string>> | undefined): GoMap {
  return new GoMap(new Map(Object.entries(map ?? {})), map === undefined ? { ...STRING_MAP, isNil: true } : STRING_MAP);
}

function releaseValue(release: Release, zone: Zone): GoObject {
  return struct("*v1.Release", [
    ["Name", release.name],
    ["Info", infoValue(release.info, zone)],
    ["Chart", chartValue(release.chart)],
    ["Config", release.config],
    ["Manifest", release.manifest],
    [
      "Hooks",
      new GoList(
        release.hooks.map((hook) => hookValue(hook, zone)),
        "[]*v1.Hook",
      ),
    ],
    ["Version", goInt(release.version)],
    ["Namespace", release.namespace],
    ["Labels", textMap(release.labels)],
    ["ApplyMethod", release.applyMethod],
  ]);
}

function infoValue(info: ReleaseInfo, zone: Zone): GoObject {
  const time = (text: string | undefined): GoObject => goTime(storedInstant(text, zone));
  return struct("*v1.Info", [
    ["FirstDeployed", time(info.firstDeployed)],
    ["LastDeployed", time(info.lastDeployed)],
    ["Deleted", time(info.deleted)],
    ["Description", info.description],
    ["Status", info.status],
    ["RollbackRevision", goInt(info.rollbackRevision ?? 0)],
    ["Notes", info.notes ?? ""],
    ["Resources", new GoMap(new Map(), { name: "map[string][]runtime.Object", zero: null, isNil: true })],
  ]);
}

function hookValue(hook: Hook, zone: Zone): GoObject {
  return struct("*v1.Hook", [
    ["Name", hook.name],
    ["Kind", hook.kind],
    ["Path", hook.path],
    ["Manifest", hook.manifest],
    ["Events", texts(hook.events, "[]v1.HookEvent")],
    [
      "LastRun",
      struct("v1.HookExecution", [
        ["StartedAt", goTime(storedInstant(hook.lastRun.startedAt, zone))],
        ["CompletedAt", goTime(storedInstant(hook.lastRun.completedAt, zone))],
        ["Phase", hook.lastRun.phase],
      ]),
    ],
    ["Weight", goInt(hook.weight)],
    ["DeletePolicies", texts(hook.deletePolicies, "[]v1.HookDeletePolicy")],
    ["OutputLogPolicies", texts(hook.outputLogPolicies, "[]v1.HookOutputLogPolicy")],
  ]);
}

function chartValue(chart: Chart): GoObject {
  const files = (list: Chart["files"]): GoList =>
    new GoList(
      list.map(({ name, data }) =>
        struct("*common.File", [
          ["Name", name],
          ["Data", new GoBytes(data)],
        ]),
      ),
      "[]*common.File",
    );
  return struct("*v2.Chart", [
    ["Raw", new GoList([], "[]*common.File", true)],
    ["Metadata", metadataValue(chart.metadata)],
    ["Templates", files(chart.templates)],
    ["Values", chart.values],
    ["Schema", new GoBytes(chart.schema?.data ?? new Uint8Array())],
    ["Files", files(chart.files)],
  ]);
}

function metadataValue(of: Metadata): GoObject {
  return struct("*v2.Metadata", [
    ["Name", of.name],
    ["Home", of.home ?? ""],
    ["Sources", texts(of.sources)],
    ["Version", of.version],
    ["Description", of.description ?? ""],
    ["Keywords", texts(of.keywords)],
    [
      "Maintainers",
      new GoList(
        (of.maintainers ?? []).map(({ name = "", email = "", url = "" }) =>
          struct("*v2.Maintainer", [
            ["Name", name],
            ["Email", email],
            ["URL", url],
          ]),
        ),
        "[]*v2.Maintainer",
      ),
    ],
    ["Icon", of.icon ?? ""],
    ["APIVersion", of.apiVersion],
    ["Condition", of.condition ?? ""],
    ["Tags", of.tags ?? ""],
    ["AppVersion", of.appVersion ?? ""],
    ["Deprecated", of.deprecated ?? false],
    ["Annotations", textMap(of.annotations)],
    ["KubeVersion", of.kubeVersion ?? ""],
    ["Dependencies", new GoList((of.dependencies ?? []).map(dependencyValue), "[]*v2.Dependency")],
    ["Type", of.type ?? ""],
  ]);
}

function dependencyValue(of: Dependency): GoObject {
  return struct("*v2.Dependency", [
    ["Name", of.name],
    ["Version", of.version ?? ""],
    ["Repository", of.repository ?? ""],
    ["Condition", of.condition ?? ""],
    ["Tags", texts(of.tags)],
    ["Enabled", of.enabled ?? false],
    ["Alias", of.alias ?? ""],
  ]);
}
