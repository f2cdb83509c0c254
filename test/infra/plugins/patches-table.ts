import type { JsonObject, JsonValue } from "../../../engine/errors.ts";

/** An object, patches in kustomize's form, and what it becomes. The oracle suite `plugin-kit` asks kustomize for the same. */
export interface PatchCase {
  readonly what: string;
  readonly object: JsonObject;
  readonly patches: readonly JsonValue[];
  readonly wanted: JsonObject;
}

const META: JsonObject = { name: "web" };

function deployment(spec: JsonObject, more: JsonObject = {}): JsonObject {
  const template = { metadata: { labels: { app: "web" } }, spec };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: META, spec: { template, ...more } };
}

function strategic(what: string, before: JsonObject, patch: JsonObject, after: JsonObject): PatchCase {
  return {
    what,
    object: deployment(before),
    patches: [{ patch: JSON.stringify(deployment(patch)) }],
    wanted: deployment(after),
  };
}

function owned(what: string, before: JsonObject, patch: JsonObject, after: JsonObject): PatchCase {
  const object = (metadata: JsonObject): JsonObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...META, ...metadata },
  });
  return {
    what,
    object: object(before),
    patches: [{ patch: JSON.stringify(object(patch)) }],
    wanted: object(after),
  };
}

function owner(uid: string, name: string): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", name, uid };
}

function custom(what: string, before: JsonObject, patch: JsonValue, after: JsonObject): PatchCase {
  const head = { apiVersion: "example.com/v1", kind: "Thing", metadata: META };
  const target = { kind: "Thing", name: "web" };
  const body = Array.isArray(patch) ? patch : { ...head, ...(patch as JsonObject) };
  return {
    what,
    object: { ...head, ...before },
    patches: [{ target, patch: JSON.stringify(body) }],
    wanted: { ...head, ...after },
  };
}

const A: JsonObject = { name: "a", image: "a:1", env: [{ name: "X", value: "1" }], args: ["-x"] };
const B: JsonObject = { name: "b", image: "b:1" };

export const PATCHES_TABLE: readonly PatchCase[] = [
  strategic(
    "a container is merged by its name",
    { containers: [A, B] },
    { containers: [{ name: "b", image: "b:2" }] },
    { containers: [{ ...B, image: "b:2" }, A] },
  ),
  strategic(
    "the patch's items come first, in its order",
    { containers: [{ name: "a" }, { name: "b" }, { name: "c" }] },
    { containers: [{ name: "d" }, { name: "c" }, { name: "a", image: "x" }] },
    { containers: [{ name: "d" }, { name: "c" }, { name: "a", image: "x" }, { name: "b" }] },
  ),
  strategic(
    "a new container stands first",
    { containers: [A] },
    { containers: [B, { name: "c", image: "c" }] },
    { containers: [B, { name: "c", image: "c" }, A] },
  ),
  strategic(
    "variables are merged, arguments replaced",
    { containers: [A] },
    {
      containers: [
        {
          name: "a",
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "3" },
          ],
          args: ["-y", "-z"],
        },
      ],
    },
    {
      containers: [
        {
          ...A,
          env: [
            { name: "Y", value: "2" },
            { name: "X", value: "3" },
          ],
          args: ["-y", "-z"],
        },
      ],
    },
  ),
  strategic(
    "a container is deleted",
    { containers: [A, B] },
    { containers: [{ name: "a", $patch: "delete" }] },
    { containers: [B] },
  ),
  strategic(
    "null deletes",
    { containers: [A], hostNetwork: true },
    { hostNetwork: null, containers: [{ name: "a", args: null }] },
    { containers: [{ name: "a", image: "a:1", env: [{ name: "X", value: "1" }] }] },
  ),
  strategic(
    "a map is replaced",
    { containers: [A], nodeSelector: { a: "b" } },
    { nodeSelector: { $patch: "replace", c: "d" } },
    { containers: [A], nodeSelector: { c: "d" } },
  ),
  strategic(
    "ports by number and protocol",
    {
      containers: [
        {
          name: "a",
          ports: [
            { containerPort: 80, name: "http" },
            { containerPort: 53, protocol: "UDP" },
          ],
        },
      ],
    },
    { containers: [{ name: "a", ports: [{ containerPort: 53, protocol: "UDP", name: "dns" }] }] },
    {
      containers: [
        {
          name: "a",
          ports: [
            { containerPort: 80, name: "http" },
            { containerPort: 53, protocol: "UDP", name: "dns" },
          ],
        },
      ],
    },
  ),
  strategic(
    "volumes and mounts",
    {
      containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: "/v" }] }],
      volumes: [{ name: "v", emptyDir: {} }],
    },
    {
      containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: "/v", readOnly: true }] }],
      volumes: [{ name: "v", emptyDir: { medium: "Memory" } }],
    },
    {
      containers: [{ name: "a", volumeMounts: [{ name: "v", mountPath: "/v", readOnly: true }] }],
      volumes: [{ name: "v", emptyDir: { medium: "Memory" } }],
    },
  ),
  strategic(
    "tolerations are replaced",
    { containers: [A], tolerations: [{ key: "a" }] },
    { tolerations: [{ key: "b" }] },
    { containers: [A], tolerations: [{ key: "b" }] },
  ),
  custom(
    "lists of custom resources are replaced",
    { spec: { env: [{ name: "a" }] } },
    { spec: { env: [{ name: "b" }] } },
    {
      spec: { env: [{ name: "b" }] },
    },
  ),
  owned(
    "finalizers come together, each once, the patch's first",
    { finalizers: ["x/a", "x/c"] },
    { finalizers: ["x/c", "x/c", "x/b"] },
    { finalizers: ["x/c", "x/b", "x/a"] },
  ),
  owned("finalizers are new", {}, { finalizers: ["x/c", "x/b"] }, { finalizers: ["x/c", "x/b"] }),
  owned(
    "no finalizers take none away",
    { finalizers: ["x/a", "x/c"] },
    { finalizers: [] },
    { finalizers: ["x/a", "x/c"] },
  ),
  owned(
    "an owner is merged by its uid",
    { ownerReferences: [owner("1", "a"), owner("2", "b")] },
    { ownerReferences: [owner("3", "d"), owner("2", "c")] },
    { ownerReferences: [owner("3", "d"), owner("2", "c"), owner("1", "a")] },
  ),
  custom(
    "finalizers of a custom resource are replaced",
    { metadata: { ...META, finalizers: ["x/a"] } },
    { metadata: { ...META, finalizers: ["x/b"] } },
    { metadata: { ...META, finalizers: ["x/b"] } },
  ),
  custom("a member is added", {}, { spec: { a: { b: [1, "2", true] } } }, { spec: { a: { b: [1, "2", true] } } }),
  custom(
    "add to a map and a list",
    { spec: { l: [1, 3] } },
    [
      { op: "add", path: "/spec/a~1b", value: { c: "1" } },
      { op: "add", path: "/spec/l/1", value: 2 },
      { op: "add", path: "/spec/l/-", value: 4 },
    ],
    { spec: { l: [1, 2, 3, 4], "a/b": { c: "1" } } },
  ),
  custom(
    "replace, remove, copy, move and test",
    { spec: { a: "1", b: { c: [1, 2] }, d: "x" } },
    [
      { op: "test", path: "/spec/a", value: "1" },
      { op: "replace", path: "/spec/a", value: "2" },
      { op: "remove", path: "/spec/b/c/0" },
      { op: "copy", from: "/spec/b", path: "/spec/e" },
      { op: "move", from: "/spec/d", path: "/spec/f" },
    ],
    { spec: { a: "2", b: { c: [2] }, e: { c: [2] }, f: "x" } },
  ),
];
