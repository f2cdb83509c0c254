import type { JsonObject } from "../../../engine/errors.ts";

/** A change as the HTTP surface is asked for it. */
export interface Change {
  readonly action: "install" | "upgrade" | "rollback" | "uninstall" | "test";
  readonly body: JsonObject;
}

/** An action whose process dies, and what was done before. */
export interface Scene {
  readonly name: string;
  readonly before: readonly Change[];
  readonly change: Change;
  readonly ends: "succeeded" | "failed";
  /** Points that are tried in every run: of those alike, the last. */
  readonly nasty: readonly RegExp[];
}

const CHART = { timeout: "60s" };
const install = (body: JsonObject = {}): Change => ({ action: "install", body: { ...CHART, ...body } });
const upgrade = (body: JsonObject): Change => ({ action: "upgrade", body: { ...CHART, ...body } });
/** What comes before is quick. */
const INSTALLED = install({ noHooks: true });
const UPGRADED = upgrade({ noHooks: true, values: { round: 2 } });

const RECORD = /^after POST secrets\/sh\.helm/u;
const PRE = /^after PATCH jobs\/pre #1/u;
const POST = /^after PATCH jobs\/post #1/u;
const TIDIED = /^after DELETE jobs\/post/u;
const ENDING = /^before append done/u;
const ENDED = /^after append done/u;
const LAST = /^after PUT secrets\/sh\.helm/u;
const UNDONE = /^after PATCH configmaps\/map-0 #2/u;
const CRD = /^after PATCH customresourcedefinitions/u;

/** Every action; a failed upgrade stands for what undoes by itself. */
export const SCENES: readonly Scene[] = [
  {
    name: "install",
    before: [],
    change: install({ createNamespace: true, wait: "watcher" }),
    ends: "succeeded",
    nasty: [/^before append created/u, /^after append created/u, RECORD, CRD, PRE, POST, TIDIED, ENDED],
  },
  {
    name: "upgrade",
    before: [INSTALLED, UPGRADED],
    change: upgrade({ values: { round: 3 }, historyMax: 2, wait: "watcher" }),
    ends: "succeeded",
    nasty: [RECORD, PRE, /^after DELETE configmaps\/leaving/u, /^after DELETE secrets/u, POST, LAST, ENDING],
  },
  {
    name: "undo",
    before: [INSTALLED],
    change: upgrade({ values: { round: 2, fate: "fail" }, rollbackOnFailure: true }),
    ends: "failed",
    nasty: [RECORD, /^after PATCH jobs\/verdict/u, /^after PATCH jobs\/pre #2/u, UNDONE, LAST, ENDING, ENDED],
  },
  {
    name: "rollback",
    before: [INSTALLED, UPGRADED],
    change: { action: "rollback", body: { ...CHART, revision: 1 } },
    ends: "succeeded",
    nasty: [RECORD, PRE, TIDIED, LAST, ENDING],
  },
  {
    name: "uninstall",
    before: [INSTALLED],
    change: { action: "uninstall", body: { ...CHART, wait: "watcher" } },
    ends: "succeeded",
    nasty: [PRE, /^after DELETE deployments/u, POST, /^after DELETE secrets\/sh\.helm/u, LAST, ENDED],
  },
  {
    name: "test",
    before: [INSTALLED],
    change: { action: "test", body: { timeout: "60s" } },
    ends: "succeeded",
    nasty: [/^after PATCH jobs\/check/u, /^after DELETE jobs\/check/u, LAST, ENDED],
  },
];
