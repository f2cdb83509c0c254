import { describe, expect, it } from "vitest";
import type { WriteTarget } from "../../../engine/action/action.ts";
import { ADMIN, type Grant, isWithin } from "../../../functions/access/grant.ts";
import { assertLookup, assertTargets } from "../../../functions/access/object-access.ts";
import { assertAllowed, type Principal, principalRecord, readPrincipal } from "../../../functions/access/principal.ts";

const TEAM: Grant = { allow: ["releases:*"], clusters: ["local"], namespaces: ["team-*"] };
const ROLES: Grant = { ...TEAM, clusterScoped: ["rbac.authorization.k8s.io/*", "Namespace"] };
const ON = { cluster: "local", namespace: "team-a", release: "web" };

const principal = (...grants: Grant[]): Principal => ({ kind: "token", name: "ci", grants });
const object = (kind: string, namespace: string, group = ""): WriteTarget => ({
  group,
  kind,
  namespace,
  name: "x",
  verb: "patch",
});

describe("the objects of a plan", () => {
  it.each([
    [[TEAM], object("ConfigMap", "team-a"), true],
    [[TEAM], object("ConfigMap", "team-b"), true],
    [[TEAM], object("ConfigMap", "kube-system"), false],
    [[TEAM], object("ClusterRole", "", "rbac.authorization.k8s.io"), false],
    [[ROLES], object("ClusterRole", "", "rbac.authorization.k8s.io"), true],
    [[ROLES], object("Namespace", ""), true],
    [[ROLES], object("CustomResourceDefinition", "", "apiextensions.k8s.io"), false],
    [[ADMIN], object("CustomResourceDefinition", "", "apiextensions.k8s.io"), true],
    [[{ allow: ["*"] } satisfies Grant], object("Namespace", ""), false],
    [[{ allow: ["releases:read"] } satisfies Grant], object("ConfigMap", "team-a"), false],
    [[], object("ConfigMap", "team-a"), false],
  ])("with %j, %j is allowed: %j", (grants, target, allowed) => {
    const decide = () =>
      assertTargets(principal(...grants), "upgrade", ON, [object("ConfigMap", "team-a"), target].slice(1));
    if (allowed) expect(decide).not.toThrow();
    else expect(decide).toThrow(/token:ci may not write/);
  });

  it("that are refused are all named", () => {
    const targets = [object("Secret", "other"), object("ConfigMap", "team-a"), object("Node", "")];
    expect(() => assertTargets(principal(TEAM), "upgrade", ON, targets)).toThrow(
      "token:ci may not write Secret other/x, Node x (cluster-scoped)",
    );
  });
});

describe("a lookup", () => {
  const look = (grants: Grant[], kind: string, namespace: string) => () =>
    assertLookup(principal(...grants), ON, { apiVersion: "v1", kind, namespace, name: "x" });

  it("sees the release's own namespace, without Secrets", () => {
    expect(look([], "ConfigMap", "team-a")).not.toThrow();
    expect(look([TEAM], "Secret", "team-a")).toThrow(/secrets:read/);
    expect(look([{ allow: ["secrets:read"], namespaces: ["team-a"] }], "Secret", "team-a")).not.toThrow();
  });

  it("sees other namespaces and cluster-scoped kinds by grant", () => {
    expect(look([TEAM], "ConfigMap", "team-b")).not.toThrow();
    expect(look([TEAM], "ConfigMap", "kube-system")).toThrow(/may not look up ConfigMap kube-system\/x/);
    expect(look([TEAM], "Node", "")).toThrow(/may not look up Node x/);
    expect(look([ADMIN], "Node", "")).not.toThrow();
  });
});

describe("a grant", () => {
  it("is within another only when nothing of it goes beyond", () => {
    expect(isWithin(TEAM, [ADMIN])).toBe(true);
    expect(isWithin(ADMIN, [{ allow: ["*"] }])).toBe(false);
    expect(isWithin({ allow: ["releases:read"], clusters: ["local"], namespaces: ["team-a"] }, [TEAM])).toBe(true);
    expect(isWithin({ allow: ["releases:read"], clusters: ["local"], namespaces: ["team-*x"] }, [TEAM])).toBe(false);
    expect(isWithin({ allow: ["releases:*"], clusters: ["local"], namespaces: ["*"] }, [TEAM])).toBe(false);
  });

  it("of one right is not one of another, and nobody's lack is a missing token", () => {
    expect(() => assertAllowed(principal(TEAM), "charts:read")).toThrow(/no grant of charts:read/);
    expect(() => assertAllowed(principal(TEAM), "releases:upgrade", { cluster: "prod" })).toThrow(/cluster prod/);
    const nobody: Principal = { kind: "anonymous", name: "anonymous", grants: [] };
    expect(() => assertAllowed(nobody, "charts:read")).toThrow("this needs a token");
  });

  it("comes back out of a journal, empty lists included", () => {
    const kept = principal(TEAM, { allow: ["charts:read"], clusters: [], clusterScoped: [] });
    expect(readPrincipal(principalRecord(kept))).toEqual(kept);
    expect(readPrincipal({ principal: { kind: "root" } })).toBeUndefined();
  });
});
