import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readVectorFiles } from "../support/vector-files.ts";
import { suiteNames } from "../engine/library/suite.ts";
import type { Outcome } from "../engine/library/suite.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const QUIET = ["--disable-component-update", "--disable-sync"];

const { buildSync } = createRequire(createRequire(import.meta.url).resolve("wrangler"))("esbuild") as {
  readonly buildSync: (options: object) => { readonly outputFiles: readonly { readonly text: string }[] };
};

/** The suite as a module of a page, as a bundler makes it. */
function bundleSuite(): string {
  const stdin = {
    contents: 'export { runSuite } from "./suite.ts";',
    resolveDir: join(import.meta.dirname, "..", "engine", "library"),
  };
  const { outputFiles } = buildSync({ stdin, bundle: true, write: false, format: "esm", platform: "browser" });
  return outputFiles[0]?.text ?? "";
}

const files = readVectorFiles();
const outcomes = new Map<string, Outcome>();
const profile = mkdtempSync(join(tmpdir(), "slipway-chromium-"));
const pages: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "/": ["text/html", "<!doctype html><title>suite</title>"],
  "/suite.js": ["text/javascript", bundleSuite()],
  "/vectors.json": ["application/json", JSON.stringify(files)],
};
const server = createServer(({ url = "" }, response) => {
  const [type, text] = pages[url] ?? ["text/plain", ""];
  response.writeHead(pages[url] === undefined ? 404 : 200, { "content-type": type }).end(text);
});
let browser: BrowserContext | undefined;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...FLAGS, ...QUIET],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const run = `import("/suite.js").then(async ({ runSuite }) => runSuite(await (await fetch("/vectors.json")).json()))`;
  for (const outcome of await page.evaluate<readonly Outcome[]>(run)) outcomes.set(outcome.name, outcome);
});

afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
});

test.each(suiteNames(files))("in Chromium %s", (name) => {
  expect(outcomes.get(name)).toEqual({ name });
});
