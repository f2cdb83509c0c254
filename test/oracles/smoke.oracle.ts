import { readFileSync } from "node:fs";
import { required } from "../support/helm.ts";
import { describeSmoke } from "../smoke/smoke.ts";
import { openNodeTarget, openWorkerTarget } from "../smoke/targets.ts";

const kubeconfig = readFileSync(required("KUBECONFIG"), "utf8");

describeSmoke("Node, on the real API server", () => openNodeTarget(kubeconfig));
describeSmoke("workerd, on the real API server", () => openWorkerTarget(kubeconfig));
