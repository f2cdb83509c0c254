import { matchesPattern } from "../access/grant.ts";
import type { Principal } from "../access/principal.ts";
import type { Deployment, ReceiverConfig } from "../config/config.ts";
import type { Secrets } from "../config/secret.ts";
import { readJson } from "../http/body.ts";
import { sha256Hex } from "../http/digest.ts";
import { problemOf } from "../http/engine-problem.ts";
import { ProblemError } from "../http/problem.ts";
import type { DeployDeps } from "../releases/deploy.ts";
import { claimDelivery, type Delivery, noteDelivery, unclaimDelivery } from "./deliveries.ts";
import { deployFor, type DeploymentResult, grantsOf } from "../releases/deploy-for.ts";
import { type GitPush, readGitPush, readRegistryPushes, type RegistryPush } from "./push.ts";
import { verifyBearer, verifyGithub, verifyStandard } from "../http/signature.ts";

export interface ReceiveDeps extends DeployDeps {
  readonly secrets: Secrets;
}

/** A delivery as it came in. */
export interface Incoming {
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** What a checked delivery says. */
type Message =
  | { readonly kind: "git"; readonly push: GitPush }
  | { readonly kind: "registry"; readonly pushes: readonly RegistryPush[] }
  | { readonly kind: "plain" }
  | { readonly kind: "none"; readonly reason: string };

/** A delivery that was checked: its id, its event, what it says. */
interface Checked {
  readonly id: string;
  readonly event: string;
  readonly message: Message;
}

/**
 * Takes a delivery: signature over the raw body first, then once per id, then what the receiver's configuration allows. Throws
 * `invalid-signature`, `invalid-json`; everything else is a {@link Delivery} that says what happened and why nothing did.
 */
export async function receive(deps: ReceiveDeps, receiver: ReceiverConfig, incoming: Incoming): Promise<Delivery> {
  const checked = await check(deps, receiver, incoming);
  if (!(await claimDelivery(deps, receiver.name, checked.id))) {
    return {
      id: checked.id,
      event: checked.event,
      status: "ignored",
      reason: "this delivery came before",
      results: [],
    };
  }
  try {
    const delivery = await act(deps, receiver, checked, incoming);
    await noteDelivery(deps, receiver.name, delivery);
    deps.metrics.count("slipway_deliveries_total", { kind: receiver.kind, status: delivery.status });
    return delivery;
  } catch (thrown) {
    await unclaimDelivery(deps, receiver.name, checked.id);
    throw thrown;
  }
}

async function check(deps: ReceiveDeps, receiver: ReceiverConfig, incoming: Incoming): Promise<Checked> {
  const { headers, body } = incoming;
  if (receiver.kind === "github") {
    await verifyGithub(headers, body, deps.secrets.reveal(receiver.secret));
    const event = headers.get("x-github-event") ?? "";
    const id = headers.get("x-github-delivery") ?? (await sha256Hex(body));
    return { id, event, message: readGithub(event, incoming) };
  }
  // A registry receiver without a secret hears this server's own registry only: nobody may post to it.
  if (receiver.secret === undefined) throw new ProblemError("invalid-signature", "this receiver takes no deliveries");
  const secret = deps.secrets.reveal(receiver.secret);
  if (receiver.kind === "standard") {
    const id = await verifyStandard(headers, body, { secret, now: deps.clock.now() });
    return { id, event: "webhook", message: { kind: "plain" } };
  }
  verifyBearer(headers, secret);
  const pushes = readRegistryPushes(readJson(body, "application/json"));
  const id = pushes.length === 0 ? await sha256Hex(body) : pushes.map((push) => push.id).join(" ");
  const reason = "no event is the push of a tag";
  return { id, event: "push", message: pushes.length === 0 ? { kind: "none", reason } : { kind: "registry", pushes } };
}

function readGithub(event: string, { headers, body }: Incoming): Message {
  if (event === "ping") return { kind: "none", reason: "a ping: the receiver works" };
  if (event !== "push") return { kind: "none", reason: `the event ${event.slice(0, 64)} starts nothing; push does` };
  const isForm = (headers.get("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const text = isForm ? (new URLSearchParams(new TextDecoder().decode(body)).get("payload") ?? "") : undefined;
  const bytes = text === undefined ? body : new TextEncoder().encode(text);
  const push = readGitPush(readJson(bytes, "application/json"));
  return push === undefined ? { kind: "none", reason: "the payload is no push" } : { kind: "git", push };
}

async function act(
  deps: ReceiveDeps,
  receiver: ReceiverConfig,
  checked: Checked,
  incoming: Incoming,
): Promise<Delivery> {
  const { id, event, message } = checked;
  const why = refusalOf(receiver, message);
  if (why !== undefined) return { id, event, status: "ignored", reason: why, results: [] };
  const results: DeploymentResult[] = [];
  for (const deployment of receiver.deploy) {
    results.push(await actOn(deps, { receiver, deployment, message, id, incoming }));
  }
  return { id, event, ...verdict(results), results };
}

function verdict(results: readonly DeploymentResult[]): Pick<Delivery, "status" | "reason"> {
  if (results.some((result) => result.result === "started")) return { status: "accepted", reason: "" };
  const [first] = results;
  const status = results.some((result) => result.result === "refused") ? "refused" : "ignored";
  return { status, reason: first?.reason ?? "" };
}

/** Why the configuration lets this message start nothing; undefined when it may. */
function refusalOf(receiver: ReceiverConfig, message: Message): string | undefined {
  if (message.kind === "none") return message.reason;
  if (receiver.kind !== "github" || message.kind !== "git") return undefined;
  const { push } = message;
  if (push.repository.toLowerCase() !== receiver.repository.toLowerCase()) {
    return `the push is to ${push.repository}, not to ${receiver.repository}`;
  }
  if (push.deleted) return `${push.ref} was deleted`;
  const branch = push.ref.startsWith("refs/heads/") ? push.ref.slice("refs/heads/".length) : undefined;
  const tag = push.ref.startsWith("refs/tags/") ? push.ref.slice("refs/tags/".length) : undefined;
  const wanted =
    branch === undefined ? receiver.tags : (receiver.branches ?? (receiver.tags === undefined ? ["*"] : undefined));
  const name = branch ?? tag ?? push.ref;
  if (wanted?.some((pattern) => matchesPattern(pattern, name)) !== true)
    return `${push.ref} is none of the receiver's refs`;
  const { paths } = receiver;
  const touched =
    paths === undefined || push.paths.some((path) => paths.some((pattern) => matchesPattern(pattern, path)));
  return touched ? undefined : "the push changes none of the receiver's paths";
}

interface Acting {
  readonly receiver: ReceiverConfig;
  readonly deployment: Deployment;
  readonly message: Message;
  readonly id: string;
  readonly incoming: Pick<Incoming, "requestId" | "signal">;
}

async function actOn(deps: ReceiveDeps, acting: Acting): Promise<DeploymentResult> {
  const { receiver, deployment, message, id, incoming } = acting;
  const release = `${deployment.cluster}/${deployment.namespace}/${deployment.release}`;
  const principal: Principal = { kind: "receiver", name: receiver.name, grants: grantsOf(receiver.deploy) };
  const ask = {
    principal,
    origin: `receiver ${receiver.name}`,
    requestId: incoming.requestId,
    signal: incoming.signal,
    key: `${receiver.name}\n${id}`,
  };
  try {
    const wanted = {
      reference: deployment.chart,
      ...(deployment.version === undefined ? {} : { version: deployment.version }),
    };
    const pushed =
      message.kind === "registry" ? message.pushes.filter((push) => isOf(receiver, deployment, push)) : undefined;
    if (pushed?.length === 0) return { release, result: "ignored", reason: `no pushed tag is of ${deployment.chart}` };
    const pinned = await deps.catalog.resolve(wanted, incoming.signal);
    if (pushed !== undefined && !pushed.some((push) => toVersion(push.tag) === pinned.version)) {
      const tags = pushed.map((push) => push.tag).join(", ");
      return {
        release,
        result: "ignored",
        reason: `${tags} is not what the deployment takes, which is ${pinned.version}`,
      };
    }
    const description = describe(receiver, message);
    return await deployFor(deps, deployment, { ...ask, description, digest: pinned.digest });
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (problem === undefined) throw thrown;
    return { release, result: "refused", reason: `${problem.code}: ${problem.message}` };
  }
}

function describe(receiver: ReceiverConfig, message: Message): string {
  if (message.kind === "git")
    return `${message.push.repository} ${message.push.ref} ${message.push.commit.slice(0, 12)}`;
  return `receiver ${receiver.name}`;
}

/** A push counts for a deployment whose chart it is: by its whole name here, or below its project where the sender is an upstream. */
function isOf(receiver: ReceiverConfig, deployment: Deployment, push: RegistryPush): boolean {
  const below = deployment.chart.slice(deployment.chart.indexOf("/") + 1);
  if (push.repository !== deployment.chart && push.repository !== below) return false;
  const tags = receiver.kind === "registry" ? receiver.tags : undefined;
  return tags === undefined || tags.some((pattern) => matchesPattern(pattern, push.tag));
}

/** Helm writes `+` of a version as `_` in a tag. */
function toVersion(tag: string): string {
  return tag.replaceAll("_", "+");
}

/** A push to this server's own registry, for the `registry` receivers that take no deliveries. The digest makes its id. */
export async function receiveOwnPush(
  deps: ReceiveDeps,
  receivers: readonly ReceiverConfig[],
  push: RegistryPush,
): Promise<void> {
  for (const receiver of receivers) {
    if (receiver.kind !== "registry" || receiver.secret !== undefined) continue;
    if (!receiver.deploy.some((deployment) => push.repository === deployment.chart)) continue;
    if (!(await claimDelivery(deps, receiver.name, push.id))) continue;
    const incoming = {
      headers: new Headers(),
      body: new Uint8Array(0),
      requestId: push.id,
      signal: new AbortController().signal,
    };
    const checked: Checked = { id: push.id, event: "own push", message: { kind: "registry", pushes: [push] } };
    try {
      await noteDelivery(deps, receiver.name, await act(deps, receiver, checked, incoming));
    } catch (thrown) {
      await unclaimDelivery(deps, receiver.name, push.id);
      throw thrown;
    }
  }
}
