import type { ActionDeps, ActionOutcome, ActionState, PartStore } from "../../../engine/action/action.ts";
import type { ActionEvent } from "../../../engine/action/event.ts";
import type { PlanKeeper } from "../../../engine/action/purpose.ts";
import type { ActionRequest } from "../../../engine/action/request.ts";
import { runAction } from "../../../engine/action/run.ts";
import type { Chart } from "../../../engine/chart/index.ts";
import { createRecordMemories } from "../../../engine/release/record-memory.ts";
import type { Release } from "../../../engine/release/release.ts";
import { answerLater } from "./later.ts";
import { CommandError, print } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { openPlugins, type PluginSession } from "../plugin-session.ts";
import { namesPlugins } from "../render-plugin-flags.ts";
import { slogLine } from "../slog.ts";
import type { CommandCluster } from "./cluster.ts";
import { viewOf } from "./flags.ts";
import type { ReleaseIo } from "./io.ts";
import { withLocalTimes } from "./local-times.ts";
import { progressLine } from "./progress.ts";

/** What an action left. */
export interface Driven {
  readonly outcome: ActionOutcome;
  /** Absent where there is none, as when nothing was found to uninstall. */
  readonly release: Release | undefined;
}

/** What an action is run with. */
export interface Drive {
  readonly flags: ParsedFlags;
  readonly io: ReleaseIo;
  readonly cluster: CommandCluster;
  readonly chart?: Chart;
  /** How it begins, when it is not simply done. */
  readonly start?: (request: ActionRequest) => ActionState;
  readonly plans?: (parts: PartStore) => PlanKeeper;
  /** Called between steps, in order. */
  readonly onEvent?: (event: ActionEvent) => Promise<void>;
}

/** Runs an action to its end; what Helm logs meanwhile goes to standard error. */
export async function drive(asked: ActionRequest, of: Drive): Promise<Driven> {
  const { flags, io, cluster, chart, onEvent, start } = of;
  const parts = memoryParts(io);
  let release: Release | undefined;
  const teller = createTeller(flags, io);
  const since = io.now();
  const stop = io.stopping();
  const tellStop = (): void => print(io, `Release ${asked.name} has been cancelled.\n`);
  stop.addEventListener("abort", tellStop, { once: true });
  const plugins = namesPlugins(flags) ? await openPlugins(flags, io) : undefined;
  const request = withPlugins(asked, plugins);
  const ending = runAction({
    request,
    deps: {
      ...running(plugins),
      cluster: cluster.transport,
      records: cluster.records,
      charts: { open: async () => chart },
      parts,
      ...(of.plans === undefined ? {} : { plans: of.plans(parts) }),
      now: io.now,
      randomBytes: io.randomBytes,
      resolve: answerLater,
      memory: createRecordMemories()(""),
      onRelease: (ended) => (release = ended),
    },
    ...(start === undefined ? {} : { state: start(request) }),
    sleep: io.sleep,
    stop,
    onEvent: async (event) => {
      teller.tell(event);
      await onEvent?.(event);
    },
  });
  const outcome = await closing(ending, plugins).finally(() => stop.removeEventListener("abort", tellStop));
  teller.end();
  tellUnlock(outcome, asked, io);
  return {
    outcome,
    release: release === undefined ? undefined : withLocalTimes(release, viewOf(flags, io).zone, since),
  };
}

/** The plugins that a chart is rendered with are part of what is asked for: their bytes stay here. */
function withPlugins(request: ActionRequest, plugins: PluginSession | undefined): ActionRequest {
  if (plugins === undefined || (request.action !== "install" && request.action !== "upgrade")) return request;
  const { postRenderers, postRenderStrategy, functions } = plugins;
  return { ...request, postRenderers, postRenderStrategy, functions };
}

function running(plugins: PluginSession | undefined): Pick<ActionDeps, "postRender" | "runFunction" | "judge"> {
  if (plugins === undefined) return {};
  const { postRender, runFunction, judge } = plugins;
  return { postRender, runFunction, ...(judge === undefined ? {} : { judge }) };
}

async function closing<T>(ending: Promise<T>, opened: PluginSession | undefined): Promise<T> {
  try {
    return await ending;
  } finally {
    await opened?.close();
  }
}

/** Helm has no such command: under its policy nobody is told of it. */
function tellUnlock(outcome: ActionOutcome, request: ActionRequest, io: ReleaseIo): void {
  const isStrict = "conflicts" in request && request.conflicts === "helm";
  if (outcome.kind !== "failed" || outcome.code !== "pending-other" || isStrict) return;
  const { name, namespace } = request;
  const how = `slipway unlock ${name} --namespace ${namespace} ends it as failed, once nobody works on it`;
  io.stderr(slogLine("WARN", `the newest revision is pending: ${how}`, []));
}

/** An action's failure in the words of its command. */
export function refuse(outcome: Extract<ActionOutcome, { kind: "failed" }>): CommandError {
  return new CommandError(outcome.message, outcome.detail);
}

interface Teller {
  readonly tell: (event: ActionEvent) => void;
  readonly end: () => void;
}

/** Helm compatibility: what a container of a hook wrote is one line of the log, whatever its length. */
function createTeller(flags: ParsedFlags, io: ReleaseIo): Teller {
  let source = "";
  let lines: string[] = [];
  const end = (): void => {
    if (lines.length > 0) io.stderr(slogLine("INFO", lines.join("\n"), []));
    lines = [];
  };
  return {
    end,
    tell: (event) => {
      const output = isHookLog(event) ? event : undefined;
      if (output?.source !== source) end();
      if (output === undefined) return tell(event, flags, io);
      source = output.source;
      lines.push(output.line);
    },
  };
}

function isHookLog(event: ActionEvent): event is Extract<ActionEvent, { type: "log" }> {
  return event.type === "log" && event.cause === "hook";
}

function tell(event: ActionEvent, flags: ParsedFlags, io: ReleaseIo): void {
  if (event.type === "warning" && event.level !== undefined) {
    const attributes = Object.entries(event.detail ?? {}).map(
      ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
    );
    io.stderr(slogLine(event.level, event.message, attributes));
  } else if (event.type === "conflict" && isUnasked(event.decision, flags) && !flags.isOn("progress")) {
    io.stderr(slogLine("WARN", event.message, []));
  } else if (flags.isOn("progress")) {
    io.stderr(progressLine(event));
  }
}

/** True for what a policy decided: what fails is the error, and what `--force-conflicts` takes over was asked for, as of helm. */
function isUnasked(decision: Extract<ActionEvent, { type: "conflict" }>["decision"], flags: ParsedFlags): boolean {
  return decision === "yield" || (decision === "force" && !flags.isOn("force-conflicts"));
}

/** Parts last as long as the process. */
function memoryParts({ sha256 }: ReleaseIo): PartStore {
  const parts = new Map<string, Uint8Array>();
  return {
    put: async (bytes) => {
      const digest = `sha256:${sha256(bytes)}`;
      parts.set(digest, bytes);
      return digest;
    },
    get: async (digest) => parts.get(digest),
  };
}
