import { readFileSync } from "node:fs";
import { join } from "node:path";
import { required } from "../support/helm.ts";
import { describeSmoke } from "../smoke/smoke.ts";
import { openNodeTarget, openWorkerTarget } from "../smoke/targets.ts";

// workerd trusts what its process was started with: the oracle cluster's own certificate.
const folder = required("ORACLE_CLUSTER");
process.env["NODE_EXTRA_CA_CERTS"] = join(folder, "pki", "apiserver.crt");
const kubeconfig = readFileSync(required("KUBECONFIG"), "utf8");

describeSmoke("Node, on the real API server", () => openNodeTarget(kubeconfig));
describeSmoke("workerd, on the real API server", () => openWorkerTarget(kubeconfig));
