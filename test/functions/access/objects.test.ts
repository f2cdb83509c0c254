import { describe, expect, it } from "vitest";
import type { WriteTarget } from "../../../engine/action/action.ts";
import { type AccessTarget, ADMIN, type Grant, isAllowed, isWithin } from "../../../functions/access/grant.ts";
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

  it.each<[readonly string[] | undefined, AccessTarget, boolean]>([
    [["web*"], { project: "charts", repository: "web" }, true],
    [["web*"], { project: "charts", repository: "web-1" }, true],
    [["web*"], { project: "charts", repository: "web/app" }, true],
    [["web*"], { project: "charts", repository: "other" }, false],
    [["web*"], { project: "charts", repository: "team/web" }, false],
    [["web*"], { project: "other", repository: "web" }, false],
    [["web*"], { project: "charts" }, false],
    [["*"], { project: "charts" }, true],
    [undefined, { project: "charts" }, true],
    [[], { project: "charts", repository: "web" }, false],
    [["Web"], { project: "charts", repository: "web" }, false],
    [["w.b"], { project: "charts", repository: "web" }, false],
  ])(
    "of repositories %j covers %j: %s; without a repository all of the project is meant",
    (repositories, on, covered) => {
      expect(isAllowed([{ allow: ["charts:read"], projects: ["charts"], repositories }], "charts:read", on)).toBe(
        covered,
      );
    },
  );

  it("of repositories says nothing of rights that are about none", () => {
    const grants: Grant[] = [{ allow: ["*"], repositories: ["web"] }];
    expect(isAllowed(grants, "releases:upgrade", { cluster: "local", namespace: "a", release: "b" })).toBe(true);
    expect(isAllowed(grants, "tokens:manage")).toBe(true);
  });

  it.each<[Grant, readonly Grant[], boolean]>([
    [{ allow: ["charts:read"], repositories: ["web"] }, [{ allow: ["charts:*"], repositories: ["web*"] }], true],
    [{ allow: ["charts:read"], repositories: ["web*"] }, [{ allow: ["charts:*"], repositories: ["web*"] }], true],
    [{ allow: ["charts:read"], repositories: ["web"] }, [ADMIN], true],
    [{ allow: ["charts:read"] }, [{ allow: ["charts:*"], repositories: ["web*"] }], false],
    [{ allow: ["charts:read"], repositories: ["*"] }, [{ allow: ["charts:*"], repositories: ["web*"] }], false],
    [
      { allow: ["charts:read"], repositories: ["web", "api"] },
      [{ allow: ["charts:*"], repositories: ["web*"] }],
      false,
    ],
    [{ allow: ["charts:write"], repositories: ["web"] }, [{ allow: ["charts:read"], repositories: ["web*"] }], false],
  ])("%j is within %j: %s", (inner, outer, within) => {
    expect(isWithin(inner, outer)).toBe(within);
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
