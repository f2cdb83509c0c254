import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { JsonValue } from "../../../engine/errors.ts";
import { documentsOf, openPlugin, postRender } from "../../support/first-party-plugin.ts";
import { withImages } from "./expected-edit.ts";

const call = await openPlugin("images");
const run = async (manifests: string, config: Readonly<Record<string, string>>): Promise<string> =>
  await postRender(call, manifests, config);

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;
const CONFIG = {
  mirrors: "docker.io: mirror.example/hub\ndocker.io/grafana: mirror.example/g/\nquay.io: mirror.example/quay\n",
  digests: `nginx: ${A}\nquay.io/a/b:v1: ${B}\nlocalhost:5000/c:v2: ${B}\n`,
};

/** An image, and what takes its place. */
const IMAGES: readonly (readonly [image: string, wanted: string])[] = [
  ["nginx", `mirror.example/hub/library/nginx@${A}`],
  ["nginx:latest", `mirror.example/hub/library/nginx:latest@${A}`],
  ["docker.io/nginx", `mirror.example/hub/library/nginx@${A}`],
  ["index.docker.io/library/nginx:latest", `mirror.example/hub/library/nginx:latest@${A}`],
  ["nginx:1.27", "mirror.example/hub/library/nginx:1.27"],
  [`nginx:latest@${B}`, `mirror.example/hub/library/nginx:latest@${B}`],
  ["grafana/grafana:11", "mirror.example/g/grafana:11"],
  ["grafanalabs/x", "mirror.example/hub/grafanalabs/x"],
  ["quay.io/a/b:v1", `mirror.example/quay/a/b:v1@${B}`],
  ["localhost:5000/c:v2", `localhost:5000/c:v2@${B}`],
  ["localhost:5000/c", "localhost:5000/c"],
  ["ghcr.io/a/b:v1", "ghcr.io/a/b:v1"],
  ["mirror.example/hub/library/nginx:1", "mirror.example/hub/library/nginx:1"],
  ["auto", "mirror.example/hub/library/auto"],
  ["{{ .image }}", "{{ .image }}"],
  ["nginx:", "nginx:"],
  ["NGINX", "NGINX"],
  ["", ""],
];

const REFUSALS: readonly (readonly [manifests: string, config: Readonly<Record<string, string>>, message: string])[] = [
  [
    "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: x}]}",
    { strict: "true" },
    'images: Pod/a (line 1): "x" has no digest; add one to config digests',
  ],
  [
    "kind: Pod\nspec: {containers: [{image: X}]}",
    { strict: "true" },
    'images: Pod (line 1): "X" is no reference to an image',
  ],
  [
    "kind: Pod\nspec: {containers: [{image: &x x}]}",
    {},
    "images: Pod (line 1): an image has an anchor or a tag, or is an alias; write it out",
  ],
  ["", { digests: "nginx: sha256:1" }, 'images: config digests: nginx: "sha256:1" is no digest'],
  ["", { digests: `"X": ${A}` }, 'images: config digests: "X" is no image'],
  ["", { mirrors: "docker.io: 'a b'" }, 'images: config mirrors: "a b" is no place for images'],
  ["", { mirrors: "docker.io: ''" }, "images: config mirrors: a prefix and its mirror must not be empty"],
  ["", { mirrors: "docker.io: [x" }, "images: config mirrors: line 1: a comma or a closing bracket is expected"],
];

describe("images", () => {
  it.each(IMAGES)("makes of %j: %j", async (image, wanted) => {
    const manifests = `kind: Pod\nspec:\n  containers:\n  - image: ${JSON.stringify(image)} # text\n    name: a\n`;
    const made = await run(manifests, CONFIG);
    expect(made).toBe(manifests.replace(JSON.stringify(image), JSON.stringify(wanted)));
    expect(await run(made, CONFIG)).toBe(made);
  });

  it.each(REFUSALS)("refuses %j with %j", async (manifests, config, message) => {
    expect(await run(manifests, config)).toBe(`error: ${message}`);
  });

  it("finds images of every kind of container and of volumes, and no others", async () => {
    const manifests = `kind: CronJob
spec:
  image: nginx
  jobTemplate:
    spec:
      template:
        spec:
          initContainers: [{image: nginx}]
          ephemeralContainers:
            - image: 'nginx'
          containers:
            - image: >-
                nginx
              env: [{name: image, value: nginx}]
          volumes:
            - image: {reference: nginx}
            - {image: nginx, configMap: {name: nginx}}
data: {containers: nginx, image: nginx}
`;
    const wanted = withImages(documentsOf(manifests), () => `docker.io/library/nginx@${A}`);
    expect(documentsOf(await run(manifests, { digests: `nginx: ${A}` }))).toEqual(wanted);
  });

  it("rewrites fields of the configuration, once", async () => {
    const manifests =
      "kind: Prometheus\nspec:\n  image: nginx\n  containers: [{image: nginx}]\n---\nkind: Alert\nspec: {image: nginx}\n";
    const made = await run(manifests, {
      mirrors: "docker.io: m.example",
      fields: "['Prometheus:spec.image', spec.image]",
    });
    expect(made).toBe(manifests.replaceAll(/(?<=image: )nginx/g, '"m.example/library/nginx"'));
  });

  it("changes images alone, in any document, in any style of YAML", async () => {
    await fc.assert(
      fc.asyncProperty(DOCUMENT, STYLE, async (document, style) => {
        const manifests = stringify({ kind: "Any", ...document }, style);
        const wanted = withImages(documentsOf(manifests), (image) =>
          NAMES.includes(image) ? `mirror.example/hub/library/${image}${image === "nginx" ? `@${A}` : ""}` : image,
        );
        expect(documentsOf(await run(manifests, CONFIG))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

const NAMES: readonly string[] = ["nginx", "redis:7"];
const KEY = fc.constantFrom("containers", "initContainers", "volumes", "image", "reference", "spec", "x");
const DOCUMENT = fc.letrec<{ map: Record<string, JsonValue>; value: JsonValue }>((tie) => ({
  map: fc.dictionary(KEY, tie("value"), { maxKeys: 4, depthIdentifier: "d" }),
  value: fc.oneof(
    { maxDepth: 6, depthIdentifier: "d" },
    fc.constantFrom(...NAMES),
    fc.constantFrom(null, 1, "", "-", "a: b", "x\n\ny\n"),
    tie("map"),
    fc.array(tie("value"), { maxLength: 3, depthIdentifier: "d" }),
    fc.array(fc.record({ image: fc.constantFrom(...NAMES), more: tie("value") }), { maxLength: 3 }),
  ),
})).map;
const STYLE = fc.record({
  collectionStyle: fc.constantFrom("any", "block", "flow"),
  defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"),
  version: fc.constant("1.1"),
} as const);
