import type { Egress, EgressPolicy } from "../../engine/oci/egress.ts";
import { getRelease } from "../../engine/action/read.ts";
import { checkConstraint, parseConstraint, parseVersion } from "../../engine/semver/index.ts";
import { releaseSummary } from "../../engine/release/summary.ts";
import { isAllowed } from "../access/grant.ts";
import { assertAllowed, type Principal } from "../access/principal.ts";
import type { Deployment, SlackConfig } from "../config/config.ts";
import { toBytes } from "../http/digest.ts";
import { problemOf } from "../http/engine-problem.ts";
import { describeThrown } from "../http/log.ts";
import { awaitOperation } from "../operations/operation-view.ts";
import { targetOf } from "../operations/routes.ts";
import { reachCluster } from "../releases/clusters.ts";
import type { DeployDeps } from "../releases/deploy.ts";
import { deployFor } from "../releases/deploy-for.ts";
import { type Command, parseCommand } from "./command.ts";

export interface SlackDeps extends DeployDeps {
  readonly egress: Egress;
  readonly slack: SlackConfig;
}

/** A slash command, its signature checked. */
export interface SlashCommand {
  readonly team: string;
  readonly user: string;
  readonly text: string;
  readonly responseUrl: string;
  readonly trigger: string;
  readonly requestId: string;
}

/** What Slack shows at once. */
export interface SlackMessage {
  readonly response_type: "ephemeral" | "in_channel";
  readonly text: string;
}

/** Slack answers response URLs from here, nowhere else. */
const RESPONSE_POLICY: EgressPolicy = { name: "slack", hosts: ["hooks.slack.com"], elsewhere: "listed" };
/** Slack takes follow-ups for 30 minutes. */
const FOLLOW_TIME = 29 * 60 * 1000;
const USAGE =
  "Usage: `/slipway upgrade NAME [--version X] [-n NAMESPACE] [--alongside]`, `/slipway status NAME [-n NAMESPACE]`";

/**
 * Answers a command at once, and does its work behind the answer: Slack waits three seconds and not longer. Who may do what is decided
 * by the user's id; what may be deployed by the configuration.
 */
export function answerCommand(deps: SlackDeps, slash: SlashCommand): SlackMessage {
  const user = deps.slack.users.find((entry) => entry.id === slash.user);
  if (!deps.slack.teams.includes(slash.team)) return whisper("This workspace may not give commands here.");
  if (user === undefined)
    return whisper("You are not known here: an operator has to add your user id to the configuration.");
  const principal: Principal = { kind: "chat", name: `slack/${user.id}`, grants: user.grants };
  const command = parseCommand(slash.text);
  if (command.kind === "help")
    return whisper(command.fault === undefined ? USAGE : `${escape(command.fault)}.\n${USAGE}`);
  const found = findDeployment(deps.slack.deploy, command);
  if (typeof found === "string") return whisper(found);
  deps.defer(followUp(deps, { slash, principal, command, deployment: found }));
  const name = `*${escape(command.release)}* in ${found.namespace} on ${found.cluster}`;
  return command.kind === "status"
    ? whisper(`Looking at ${name} …`)
    : { response_type: "in_channel", text: `<@${user.id}> starts an upgrade of ${name} …` };
}

function findDeployment(
  deployments: readonly Deployment[],
  command: Exclude<Command, { kind: "help" }>,
): Deployment | string {
  const fitting = deployments.filter(
    (entry) =>
      entry.release === command.release && (command.namespace === undefined || entry.namespace === command.namespace),
  );
  const [first, second] = fitting;
  if (first === undefined) return `No release ${escape(command.release)} is configured for chat.`;
  return second === undefined
    ? first
    : `There are several releases ${escape(command.release)}: name one with -n NAMESPACE.`;
}

interface Following {
  readonly slash: SlashCommand;
  readonly principal: Principal;
  readonly command: Exclude<Command, { kind: "help" }>;
  readonly deployment: Deployment;
}

async function followUp(deps: SlackDeps, following: Following): Promise<void> {
  const { slash, command } = following;
  try {
    const text =
      command.kind === "status" ? await statusText(deps, following) : await upgradeText(deps, following, command);
    const response_type = command.kind === "status" ? "ephemeral" : "in_channel";
    await say(deps, slash, { response_type, text });
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (problem === undefined) deps.log.write("error", "a chat command failed", describeThrown(thrown));
    const reason = problem === undefined ? "something is wrong on our side" : problem.message;
    await say(deps, slash, whisper(`That did not work: ${escape(reason)}`));
  }
}

async function statusText(deps: SlackDeps, { principal, deployment }: Following): Promise<string> {
  const { cluster, namespace, release: name } = deployment;
  assertAllowed(principal, "releases:read", targetOf({ cluster, namespace, name }));
  const { release } = await getRelease(reachCluster(deps.clusters, cluster), { name, namespace });
  const { revision, status, chart, description, updated } = releaseSummary(release);
  return `*${escape(name)}* revision ${revision} is *${status}*: ${escape(chart)}, ${escape(description)} (${updated ?? "never deployed"})`;
}

async function upgradeText(
  deps: SlackDeps,
  { slash, principal, deployment }: Following,
  command: Extract<Command, { kind: "upgrade" }>,
): Promise<string> {
  const { cluster, namespace, release: name } = deployment;
  const target = targetOf({ cluster, namespace, name });
  assertAllowed(principal, "releases:upgrade", target);
  const install = deployment.install && isAllowed(principal.grants, "releases:install", target);
  const signal = new AbortController().signal;
  const version = command.version ?? deployment.version;
  const wanted = { reference: deployment.chart, ...(version === undefined ? {} : { version }) };
  const pinned = await deps.catalog.resolve(wanted, signal);
  const fault = outsideOf(deployment, pinned.version);
  if (fault !== undefined) return fault;
  const result = await deployFor(
    deps,
    { ...deployment, install, ...(command.alongside === true ? { alongside: true } : {}) },
    {
      principal,
      origin: "slack",
      requestId: slash.requestId,
      key: `slack\n${slash.trigger}`,
      description: `slack ${slash.user}`,
      digest: pinned.digest,
      signal,
    },
  );
  const { operation } = result;
  if (result.result !== "started" || operation === undefined) return `Not started: ${escape(result.reason)}`;
  await say(deps, slash, whisper(`Operation ${operation}: ${escape(pinned.name)} ${escape(pinned.version)}`));
  const standing = await awaitOperation(deps, { operation, milliseconds: FOLLOW_TIME, signal });
  const end = standing?.end;
  const what = `*${escape(deployment.release)}* to ${escape(pinned.name)} ${escape(pinned.version)}`;
  if (end === undefined) return `The upgrade of ${what} is still running: ${operation}`;
  if (end.status === "succeeded") return `The upgrade of ${what} succeeded. To undo: \`${escape(end.undo)}\``;
  return `The upgrade of ${what} ${end.status}: ${escape(end.error?.message ?? "")}`;
}

/** Who commands chooses a version, but only one that the configuration allows. */
function outsideOf(deployment: Deployment, version: string): string | undefined {
  const { version: constraint } = deployment;
  if (constraint === undefined || checkConstraint(parseConstraint(constraint), parseVersion(version))) return undefined;
  return `Not started: ${escape(version)} is outside of ${escape(constraint)}, which the configuration allows.`;
}

async function say(deps: SlackDeps, slash: SlashCommand, message: SlackMessage): Promise<void> {
  if (slash.responseUrl === "") return;
  try {
    const answer = await deps.egress.send({
      method: "POST",
      url: slash.responseUrl,
      headers: { "content-type": "application/json" },
      body: toBytes(JSON.stringify(message)),
      policy: RESPONSE_POLICY,
      led: true,
    });
    await answer.body?.cancel();
  } catch (thrown) {
    deps.log.write("warn", "slack took no follow-up", describeThrown(thrown));
  }
}

function whisper(text: string): SlackMessage {
  return { response_type: "ephemeral", text };
}

/** Slack's own three characters; mentions and links cannot be made without them. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
