import type { JsonObject, JsonValue } from "../../../engine/errors.ts";

/** A pod, and the fields for which the baseline standard refuses it. The API server is asked the same in the oracle suite `plugin-kit`. */
export interface BaselineCase {
  readonly what: string;
  readonly pod: JsonObject;
  readonly fields: readonly string[];
}

const ONE: JsonObject = { name: "a", image: "a" };

function pod(what: string, spec: JsonObject, fields: readonly string[], annotations?: JsonObject): BaselineCase {
  const metadata = annotations === undefined ? {} : { annotations };
  return { what, pod: { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [ONE], ...spec } }, fields };
}

function container(what: string, more: JsonObject, ...fields: readonly string[]): BaselineCase {
  const whole = fields.map((field) => `spec.containers[0].${field}`);
  return pod(what, { containers: [{ ...ONE, ...more }] }, whole);
}

function context(what: string, securityContext: JsonObject, ...fields: readonly string[]): BaselineCase {
  return container(what, { securityContext }, ...fields.map((field) => `securityContext.${field}`));
}

const sysctl = (name: string): JsonValue => ({ name, value: "1" });
const probe = { httpGet: { port: 80, host: "10.0.0.1" } };
const APPARMOR = "container.apparmor.security.beta.kubernetes.io/a";
const WINDOWS: JsonObject = { os: { name: "windows" }, hostNetwork: true };

export const BASELINE_TABLE: readonly BaselineCase[] = [
  pod("a plain pod", {}, []),
  pod("the host's network", { hostNetwork: true }, ["spec.hostNetwork"]),
  pod("no host's network", { hostNetwork: false }, []),
  pod("the host's processes and memory", { hostPID: true, hostIPC: true }, ["spec.hostPID", "spec.hostIPC"]),
  pod("a host process of Windows", { ...WINDOWS, securityContext: { windowsOptions: { hostProcess: true } } }, [
    "spec.hostNetwork",
    "spec.securityContext.windowsOptions.hostProcess",
  ]),
  context("privileges", { privileged: true }, "privileged"),
  context("no privileges", { privileged: false }),
  context("a capability of the standard", { capabilities: { add: ["CHOWN", "SYS_CHROOT"], drop: ["ALL"] } }),
  context(
    "two others",
    { capabilities: { add: ["NET_ADMIN", "KILL", "ALL"] } },
    "capabilities.add[0]",
    "capabilities.add[2]",
  ),
  context("a capability with its prefix", { capabilities: { add: ["CAP_CHOWN"] } }, "capabilities.add[0]"),
  pod(
    "a volume of the host",
    {
      volumes: [
        { name: "e", emptyDir: {} },
        { name: "h", hostPath: { path: "/" } },
      ],
    },
    ["spec.volumes[1].hostPath"],
  ),
  container(
    "a port of the host",
    { ports: [{ containerPort: 1 }, { containerPort: 2, hostPort: 2 }] },
    "ports[1].hostPort",
  ),
  container("the host's port 0", { ports: [{ containerPort: 1, hostPort: 0 }] }),
  container("a probe of another host", { livenessProbe: probe }, "livenessProbe.httpGet.host"),
  container(
    "a hook to another host",
    { lifecycle: { preStop: { httpGet: { port: 80, host: "10.0.0.1" } } } },
    "lifecycle.preStop.httpGet.host",
  ),
  container(
    "a probe by TCP",
    { readinessProbe: { tcpSocket: { port: 1, host: "10.0.0.1" } } },
    "readinessProbe.tcpSocket.host",
  ),
  container("a probe of itself", { startupProbe: { httpGet: { port: 80 } } }),
  context("AppArmor off", { appArmorProfile: { type: "Unconfined" } }, "appArmorProfile.type"),
  context("AppArmor's default", { appArmorProfile: { type: "RuntimeDefault" } }),
  context("an AppArmor profile", { appArmorProfile: { type: "Localhost", localhostProfile: "a" } }),
  pod("AppArmor off by annotation", {}, [`metadata.annotations["${APPARMOR}"]`], { [APPARMOR]: "unconfined" }),
  pod("AppArmor on by annotation", {}, [], { [APPARMOR]: "localhost/a" }),
  context("a type of SELinux", { seLinuxOptions: { type: "spc_t" } }, "seLinuxOptions.type"),
  context("a type of SELinux of the standard", { seLinuxOptions: { type: "container_engine_t", level: "s0" } }),
  pod("user and role of SELinux", { securityContext: { seLinuxOptions: { user: "u", role: "r" } } }, [
    "spec.securityContext.seLinuxOptions.user",
    "spec.securityContext.seLinuxOptions.role",
  ]),
  context("an unmasked /proc", { procMount: "Unmasked" }, "procMount"),
  pod(
    "an unmasked /proc in a user namespace",
    { hostUsers: false, containers: [{ ...ONE, securityContext: { procMount: "Unmasked" } }] },
    [],
  ),
  pod(
    "a capability in a user namespace",
    { hostUsers: false, containers: [{ ...ONE, securityContext: { capabilities: { add: ["NET_ADMIN"] } } }] },
    ["spec.containers[0].securityContext.capabilities.add[0]"],
  ),
  context("a masked /proc", { procMount: "Default" }),
  context("seccomp off", { seccompProfile: { type: "Unconfined" } }, "seccompProfile.type"),
  context("seccomp's default", { seccompProfile: { type: "RuntimeDefault" } }),
  pod("seccomp off for the pod", { securityContext: { seccompProfile: { type: "Unconfined" } } }, [
    "spec.securityContext.seccompProfile.type",
  ]),
  pod(
    "safe sysctls",
    {
      securityContext: {
        sysctls: [
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem",
        ].map(sysctl),
      },
    },
    [],
  ),
  pod("another sysctl", { securityContext: { sysctls: [sysctl("kernel.msgmax")] } }, [
    "spec.securityContext.sysctls[0].name",
  ]),
  pod(
    "an init container with privileges",
    { initContainers: [{ ...ONE, name: "i", securityContext: { privileged: true } }] },
    ["spec.initContainers[0].securityContext.privileged"],
  ),
];
