import { Kind, Node } from "../kit/node";
import { Findings } from "../kit/policy";

const CAPABILITIES: string[] =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  );
const SELINUX_TYPES: string[] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const SYSCTLS: string[] = (
  "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies " +
  "net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout " +
  "net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem"
).split(" ");
const APPARMOR: string = "container.apparmor.security.beta.kubernetes.io/";

/** The checks of the baseline standard, of Kubernetes 1.34 and newer, on one pod or pod template. */
export class Pod {
  private object: Node;
  private pod: Node;
  private path: string;
  private severity: string;
  private findings: Findings;
  /** A pod with a user namespace of its own may see /proc. */
  private ownUsers: bool;

  /** `path` leads from the object to the pod, with a dot behind it. */
  constructor(object: Node, pod: Node, path: string, severity: string, findings: Findings) {
    this.object = object;
    this.pod = pod;
    this.path = path;
    this.severity = severity;
    this.findings = findings;
    const users = pod.find("spec.hostUsers");
    this.ownUsers = users != null && users.is("false");
  }

  check(): void {
    this.annotations();
    const spec = this.pod.get("spec");
    if (spec == null) return;
    const host = ["hostNetwork", "hostPID", "hostIPC"];
    for (let i = 0; i < host.length; i++)
      this.mustNotBeTrue(spec, host[i], "spec." + host[i], "the host's namespaces must not be shared");
    const context = spec.get("securityContext");
    if (context != null) {
      this.context(context, "spec.securityContext");
      this.sysctls(context.get("sysctls"));
    }
    this.volumes(spec.get("volumes"));
    const lists = ["initContainers", "containers", "ephemeralContainers"];
    for (let i = 0; i < lists.length; i++) {
      const list = spec.get(lists[i]);
      if (list == null) continue;
      for (let n = 0; n < list.values.length; n++) this.container(list.values[n], "spec." + lists[i] + indexed(n));
    }
  }

  private find(field: string, message: string): void {
    this.findings.add(this.severity, this.object, this.path + field, message);
  }

  private mustNotBeTrue(owner: Node, key: string, field: string, message: string): void {
    const value = owner.find(key);
    if (value != null && value.isTrue()) this.find(field, message);
  }

  /** What pods and containers have in common. */
  private context(context: Node, field: string): void {
    this.mustNotBeTrue(
      context,
      "windowsOptions.hostProcess",
      field + ".windowsOptions.hostProcess",
      "host processes are not allowed",
    );
    this.oneOf(context, "appArmorProfile.type", field, ["", "RuntimeDefault", "Localhost"]);
    this.oneOf(context, "seccompProfile.type", field, ["", "RuntimeDefault", "Localhost"]);
    this.oneOf(context, "seLinuxOptions.type", field, SELINUX_TYPES);
    this.oneOf(context, "seLinuxOptions.user", field, [""]);
    this.oneOf(context, "seLinuxOptions.role", field, [""]);
  }

  private oneOf(owner: Node, path: string, field: string, allowed: string[]): void {
    const value = owner.find(path);
    if (value == null || value.isNull() || allowed.includes(value.text())) return;
    const others = allowed.slice(allowed[0] == "" ? 1 : 0).join(", ");
    const rule = others == "" ? "must not be set" : "must be unset or one of " + others;
    this.find(field + "." + path, '"' + value.text() + '" ' + rule);
  }

  private container(container: Node, field: string): void {
    const context = container.get("securityContext");
    if (context != null) {
      const at = field + ".securityContext";
      this.context(context, at);
      this.mustNotBeTrue(context, "privileged", at + ".privileged", "privileged containers are not allowed");
      if (!this.ownUsers) this.oneOf(context, "procMount", at, ["", "Default"]);
      this.capabilities(context.find("capabilities.add"), at);
    }
    this.ports(container.get("ports"), field);
    const probes = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];
    for (let i = 0; i < probes.length; i++) {
      this.noHost(container, probes[i] + ".httpGet.host", field);
      this.noHost(container, probes[i] + ".tcpSocket.host", field);
    }
  }

  private capabilities(add: Node | null, field: string): void {
    if (add == null) return;
    for (let i = 0; i < add.values.length; i++) {
      const name = add.values[i].text();
      if (!CAPABILITIES.includes(name))
        this.find(field + ".capabilities.add" + indexed(i), 'the capability "' + name + '" is not allowed');
    }
  }

  private ports(ports: Node | null, field: string): void {
    if (ports == null) return;
    for (let i = 0; i < ports.values.length; i++) {
      const port = ports.values[i].get("hostPort");
      if (port != null && !port.isNull() && !port.is("0"))
        this.find(field + ".ports" + indexed(i) + ".hostPort", "ports of the host are not allowed");
    }
  }

  private noHost(container: Node, path: string, field: string): void {
    const host = container.find(path);
    if (host == null || host.isNull() || host.text() == "") return;
    this.find(field + "." + path, "a probe or lifecycle hook must not name a host");
  }

  private volumes(volumes: Node | null): void {
    if (volumes == null) return;
    for (let i = 0; i < volumes.values.length; i++) {
      const path = volumes.values[i].get("hostPath");
      if (path != null && !path.isNull())
        this.find("spec.volumes" + indexed(i) + ".hostPath", "volumes of the host are not allowed");
    }
  }

  private sysctls(sysctls: Node | null): void {
    if (sysctls == null) return;
    for (let i = 0; i < sysctls.values.length; i++) {
      const name = sysctls.values[i].textAt("name");
      if (!SYSCTLS.includes(name))
        this.find("spec.securityContext.sysctls" + indexed(i) + ".name", 'the sysctl "' + name + '" is not allowed');
    }
  }

  private annotations(): void {
    const annotations = this.pod.find("metadata.annotations");
    if (annotations == null || annotations.kind != Kind.Map) return;
    for (let i = 0; i < annotations.keys.length; i++) {
      const key = annotations.keys[i].text();
      if (!key.startsWith(APPARMOR)) continue;
      const value = annotations.values[i].text();
      if (value == "" || value == "runtime/default" || value.startsWith("localhost/")) continue;
      this.find('metadata.annotations["' + key + '"]', '"' + value + '" must be unset, runtime/default or localhost/…');
    }
  }
}

function indexed(index: i32): string {
  return "[" + index.toString() + "]";
}
