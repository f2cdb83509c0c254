import { randomUUID } from "node:crypto";
import type { ActionRequest, UninstallRequest, UpgradeRequest } from "../../../engine/action/request.ts";
import type { JsonObject } from "../../../engine/errors.ts";
import { stringAt } from "../../../engine/object/json.ts";
import type { SmokeTarget } from "../../smoke/smoke.ts";
import { type Api, createApi, releasePath } from "../../support/api.ts";
import type { ChartSources } from "../../support/operation.ts";
import { packChart, pushArchive } from "../../support/push-chart.ts";
import { readCommandLine } from "./command-line.ts";
import { hookLogLines, type OursPlayer } from "./play.ts";

/** A chart in the registry, as a request names it. */
interface Pushed {
  readonly chart: string;
  readonly version: string;
}

/** Plays helm's words by a running Slipway's own endpoints: charts are pushed to its registry, its cluster is `default`. */
export function httpPlayer(target: SmokeTarget): OursPlayer {
  const api = createApi({ url: target.url, fetch: target.fetch, token: target.token });
  const pushed = new Map<string, Pushed>();
  return async ({ words, namespace, files, charts, plainError }) => {
    const { request, values } = readCommandLine(words, namespace, files);
    const chart =
      "chart" in request ? await pushOnce(target, pushed, request.chart.name, namespace, charts) : undefined;
    const answer = await api.settled(
      await api.post(
        `${releasePath({ cluster: "default", namespace, name: request.name })}/${request.action}`,
        { ...bodyOf(request), ...chart, ...valuesBody(values, files) },
        { prefer: "wait=60", "idempotency-key": randomUUID() },
      ),
    );
    const operation = stringAt(answer.body, "id") ?? stringAt(answer.body, "operation");
    const logs = operation === undefined ? 0 : await logLines(api, operation);
    const detail = stringAt(answer.body, "error", "detail") ?? stringAt(answer.body, "detail");
    return { error: plainError(detail ?? ""), logs };
  };
}

async function pushOnce(
  target: SmokeTarget,
  pushed: Map<string, Pushed>,
  key: string,
  namespace: string,
  charts: Readonly<Record<string, ChartSources>>,
): Promise<Pushed> {
  const chart = `charts/${namespace}/${key}/web`;
  const known = pushed.get(chart);
  if (known !== undefined) return known;
  const send = (path: string, init: RequestInit): Promise<Response> =>
    target.fetch(target.url + path, {
      ...init,
      headers: { authorization: `Bearer ${target.token}`, ...(init.headers as Record<string, string>) },
    });
  const byName = Object.entries(charts[key] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const { version } = await pushArchive(send, chart, await packChart("web", Object.fromEntries(byName)));
  pushed.set(chart, { chart, version });
  return { chart, version };
}

async function logLines(api: Api, operation: string): Promise<number> {
  const events = await api.events(operation);
  return hookLogLines(events.map(({ event, data }) => ({ type: event, cause: stringAt(data, "cause") ?? "" })));
}

/** A request as the body of its endpoint, chart and values aside. */
function bodyOf(request: ActionRequest): JsonObject {
  const { action: _action, name: _name, namespace: _namespace, timeout, ...rest } = request;
  const time = { timeout: `${timeout}ms` };
  if (request.action === "uninstall") return { ...uninstallBody(request), ...time };
  const { chart: _chart, values: _values, subchartNotes, reuse, maxHistory, ...same } = rest as Partial<UpgradeRequest>;
  const members = JSON.parse(JSON.stringify(same)) as JsonObject;
  const { takeOwnership: _takes, rollbackOnFailure: _undoes, ...ofRollback } = members;
  return {
    ...(request.action === "rollback" ? ofRollback : members),
    ...time,
    ...(subchartNotes === undefined ? {} : { renderSubchartNotes: subchartNotes }),
    ...(reuse === undefined ? {} : REUSE[reuse]),
    ...(maxHistory === undefined ? {} : { historyMax: maxHistory }),
  };
}

const REUSE: Readonly<Record<UpgradeRequest["reuse"], JsonObject>> = {
  default: {},
  reset: { resetValues: true },
  reuse: { reuseValues: true },
  "reset-then-reuse": { resetThenReuseValues: true },
};

/** Values as helm's words gave them. */
function valuesBody(
  values: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string>>,
): JsonObject {
  const given = Object.entries(values).filter(([, texts]) => texts.length > 0);
  return Object.fromEntries(
    given.map(([name, texts]): [string, JsonObject[] | readonly string[]] => {
      if (name === "files") return ["valuesFiles", texts.map((file) => ({ name: file, content: files[file] ?? "" }))];
      if (name !== "setFile") return [name, texts];
      return [name, texts.map((text) => fileValue(text, files))];
    }),
  );
}

function fileValue(text: string, files: Readonly<Record<string, string>>): JsonObject {
  const [key = "", file = ""] = text.split("=", 2);
  return { key, content: files[file] ?? "" };
}

function uninstallBody(request: UninstallRequest): JsonObject {
  const { keepHistory, ignoreNotFound, noHooks, cascade, wait, dryRun, conflicts, description } = request;
  const told = {
    ...(description === undefined ? {} : { description }),
    ...(conflicts === undefined ? {} : { conflicts }),
  };
  return { keepHistory, ignoreNotFound, noHooks, cascade, wait, dryRun, ...told };
}
