import { sessionOf, type ReadDeps } from "../../../engine/action/read.ts";
import { readServerVersion } from "../../../engine/kube/discover.ts";
import { isKubeError } from "../../../engine/kube/error.ts";
import type { ClusterTransport } from "../../../engine/kube/transport.ts";
import type { RecordDriver } from "../../../engine/release/storage.ts";
import type { OpenCluster } from "../../node/cluster-request.ts";
import type { KubeconfigSource } from "../../node/kubeconfig.ts";
import { CommandError } from "../command.ts";
import { parseBool, type ParsedFlags } from "../flags.ts";
import type { ReleaseIo } from "./io.ts";

/** The cluster that a command line names. Nothing is read or sent before it is needed. */
export interface CommandCluster {
  readonly transport: ClusterTransport;
  readonly records: RecordDriver;
  /** `--namespace`, else that of the kubeconfig's context. */
  readonly namespace: string;
  readonly reads: ReadDeps;
  readonly close: () => Promise<void>;
}

/** Opens the cluster of the flags and the environment, runs, and closes it. */
export async function withCluster<Result>(
  flags: ParsedFlags,
  io: ReleaseIo,
  run: (cluster: CommandCluster) => Promise<Result>,
): Promise<Result> {
  const cluster = await clusterOf(flags, io);
  try {
    return await run(cluster);
  } finally {
    await cluster.close();
  }
}

async function clusterOf(flags: ParsedFlags, io: ReleaseIo): Promise<CommandCluster> {
  const records = driverOf(io);
  const opening = io.openCluster(sourceOf(flags, io));
  const found: OpenCluster | undefined = await opening.catch((error: unknown) => {
    if (isKubeError(error)) return undefined;
    throw error;
  });
  const transport: ClusterTransport = { send: async (request) => (await opening).transport.send(request) };
  return {
    transport,
    records,
    namespace: textOf(flags, io, "namespace", "HELM_NAMESPACE") ?? found?.namespace ?? "default",
    reads: { cluster: transport, records, sleep: io.sleep },
    close: async () => await found?.close(),
  };
}

/** Helm compatibility: a driver that there is not is logged, and nothing else is said. */
function driverOf(io: ReleaseIo): RecordDriver {
  const driver = io.environment("HELM_DRIVER") ?? "";
  if (["", "secret", "secrets"].includes(driver)) return "secret";
  if (["configmap", "configmaps"].includes(driver)) return "configmap";
  throw new CommandError(`the storage driver ${JSON.stringify(driver)} is not supported: use secret or configmap`);
}

function sourceOf(flags: ParsedFlags, io: ReleaseIo): KubeconfigSource {
  const path = flags.last("kubeconfig") ?? "";
  const listed = (io.environment("KUBECONFIG") ?? "").split(":").filter((one) => one !== "");
  const paths = listed.length === 0 ? [`${io.environment("HOME") ?? ""}/.kube/config`] : listed;
  return { trust: "operator", ...(path === "" ? { paths } : { path }), overrides: overridesOf(flags, io) };
}

function overridesOf(
  flags: ParsedFlags,
  io: ReleaseIo,
): NonNullable<Extract<KubeconfigSource, { trust: "operator" }>["overrides"]> {
  const text = (flag: string, variable: string): string | undefined => textOf(flags, io, flag, variable);
  const context = text("kube-context", "HELM_KUBECONTEXT");
  const server = text("kube-apiserver", "HELM_KUBEAPISERVER");
  const token = text("kube-token", "HELM_KUBETOKEN");
  const authority = text("kube-ca-file", "HELM_KUBECAFILE");
  const serverName = text("kube-tls-server-name", "HELM_KUBETLS_SERVER_NAME");
  const user = text("kube-as-user", "HELM_KUBEASUSER");
  const groups = groupsOf(flags, io);
  const insecure = flags.isSet("kube-insecure-skip-tls-verify")
    ? flags.isOn("kube-insecure-skip-tls-verify")
    : parseBool(io.environment("HELM_KUBEINSECURE_SKIP_TLS_VERIFY") ?? "");
  return {
    ...(context === undefined ? {} : { context }),
    ...(server === undefined ? {} : { server }),
    ...(token === undefined ? {} : { token }),
    ...(authority === undefined ? {} : { authority }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(user === undefined ? {} : { user }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(insecure === true ? { insecure } : {}),
  };
}

function groupsOf(flags: ParsedFlags, io: ReleaseIo): readonly string[] {
  if (flags.isSet("kube-as-group")) return flags.all("kube-as-group");
  const text = (io.environment("HELM_KUBEASGROUPS") ?? "").replace(/^[, ]+|[, ]+$/g, "");
  return text === "" ? [] : text.split(",");
}

function textOf(flags: ParsedFlags, io: ReleaseIo, flag: string, variable: string): string | undefined {
  const text = flags.last(flag) ?? io.environment(variable) ?? "";
  return text === "" ? undefined : text;
}

/** Answers a question; where the cluster did not, the error is that of Helm's check, which asks for the version first. */
export async function asking<Result>(cluster: CommandCluster, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw await unreachable(cluster, error);
  }
}

function isUnanswered(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return isKubeError(error, "unreachable", "unauthorized", "bad-kubeconfig") || isUnanswered(error.cause);
}

async function unreachable({ reads }: CommandCluster, error: Error): Promise<Error> {
  try {
    await readServerVersion(sessionOf(reads));
    return error;
  } catch (cause) {
    if (!isKubeError(cause)) throw cause;
    return new CommandError(`kubernetes cluster unreachable: ${cause.message}`, {}, { cause });
  }
}
