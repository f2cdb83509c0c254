import type { Deployment } from "../config/config.ts";
import { sha256Hex } from "../http/digest.ts";
import { problemOf } from "../http/engine-problem.ts";
import type { Principal } from "../access/principal.ts";
import { describeThrown } from "../http/log.ts";
import { releaseKey } from "../operations/operation-id.ts";
import { deploy, type DeployDeps } from "./deploy.ts";
import { upgradeBody } from "./request-schema.ts";

/** What became of one deployment that a message could have started. */
export interface DeploymentResult {
  readonly release: string;
  readonly result: "started" | "ignored" | "refused";
  /** Why nothing happened, or the operation that started. */
  readonly reason: string;
  readonly operation?: string;
}

/** What a message adds to a deployment: nothing that the configuration does not allow. */
export interface Ask {
  readonly principal: Principal;
  readonly origin: string;
  readonly requestId: string;
  /** Tells repeated messages: the same one starts the same operation. */
  readonly key: string;
  readonly description: string;
  /** A digest of the deployment's own chart, as the registry has it. */
  readonly digest?: string;
  /** A version inside the deployment's constraint. */
  readonly version?: string;
  readonly signal: AbortSignal;
}

/** The right to a deployment that configuration gives, and to no more. Its objects in other namespaces or none need their own grants. */
export function grantsOf(deployments: readonly Deployment[]): Principal["grants"] {
  return deployments.map(({ chart, ...deployment }) => ({
    allow: ["releases:read", "releases:install", "releases:upgrade", "charts:read"],
    clusters: [deployment.cluster],
    namespaces: [deployment.namespace],
    releases: [deployment.release],
    projects: [chart.slice(0, chart.indexOf("/"))],
    repositories: [chart.slice(chart.indexOf("/") + 1)],
    clusterScoped: deployment.clusterScoped ?? [],
  }));
}

/** Starts the upgrade that a deployment describes, pinned by digest. A refusal is a result with its reason; never throws for one. */
export async function deployFor(deps: DeployDeps, deployment: Deployment, ask: Ask): Promise<DeploymentResult> {
  const address = { cluster: deployment.cluster, namespace: deployment.namespace, name: deployment.release };
  const release = releaseKey(address);
  const { chart, version, cluster: _c, namespace: _n, release: _r, clusterScoped: _s, ...options } = deployment;
  const reference = ask.digest === undefined ? chart : `${chart}@${ask.digest}`;
  const wanted = ask.version ?? (ask.digest === undefined ? version : undefined);
  const body = upgradeBody.parse({
    ...options,
    chart: reference,
    description: ask.description,
    ...(wanted === undefined ? {} : { version: wanted }),
  });
  const nonce = (await sha256Hex(`${ask.key}\n${release}`)).slice(0, 32);
  try {
    const asked = {
      address,
      nonce,
      principal: ask.principal,
      origin: ask.origin,
      requestId: ask.requestId,
      signal: ask.signal,
    };
    const { operation } = await deploy(deps, asked, { action: "upgrade", body });
    return { release, result: "started", reason: "", operation };
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (problem === undefined) throw thrown;
    deps.log.write("warn", "a delivery started nothing", { release, ...describeThrown(problem) });
    const running = problem.options.operation;
    return {
      release,
      result: "refused",
      reason: `${problem.code}: ${problem.message}`,
      ...(running === undefined ? {} : { operation: running }),
    };
  }
}
