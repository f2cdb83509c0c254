import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Ended, runProgram } from "../../support/helm.ts";
import { type Client, COSIGN_ALONE, COSIGN_PLACES, type Kind, type Program, type World } from "./world.ts";

/** What a cell shows: `ok`, or the words by which the client refuses. */
export type Cell = string;

/** A command that is given to each kind of project. */
export interface Command {
  readonly name: string;
  readonly run: (world: World, kind: Kind) => Promise<Cell>;
  /** What a cell must match, where it is not `ok`. */
  readonly refused?: Partial<Readonly<Record<Kind, RegExp>>>;
}

const HTTP = "--plain-http";
const INSECURE = "--insecure";
const NO_PUSH = /this project takes no pushes/;
const READ_ONLY = { "proxy of OCI": NO_PUSH, "proxy of classic": NO_PUSH, group: NO_PUSH };
const UNAUTHORIZED = /401|unauthorized|authentication required/i;
const ALL_UNAUTHORIZED = {
  hosted: UNAUTHORIZED,
  "proxy of OCI": UNAUTHORIZED,
  "proxy of classic": UNAUTHORIZED,
  group: UNAUTHORIZED,
};
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
const digestIn = (text: string): string => /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? text;
const slug = (kind: Kind): string => kind.replaceAll(" ", "-").toLowerCase();

/** `ok`, or what the client printed. */
function cellOf({ code, stdout, stderr }: Ended): Cell {
  return code === 0 ? "ok" : `${stderr}${stdout}`.trim();
}

async function shown(client: Client, program: Program, ...args: readonly string[]): Promise<Cell> {
  return cellOf(await client.tried(program, ...args));
}

/** `ok` when the file is the very archive of that version. */
function sameArchive(world: World, file: string, version: string): Cell {
  if (!existsSync(file)) return `${file} is missing`;
  return sha256(file) === sha256(world.archive(version)) ? "ok" : `${file} has other bytes`;
}

function contains(text: string, ...parts: readonly string[]): Cell {
  const missing = parts.filter((part) => !text.includes(part));
  return missing.length === 0 ? "ok" : `${missing.join(", ")} is missing in ${text}`;
}

async function pulled(world: World, kind: Kind, name: string, args: readonly string[]): Promise<string> {
  const target = world.folder(`${name}-${slug(kind)}`);
  await world.stranger.run("HELM", "pull", ...args, "-d", target);
  return target;
}

const oci = (world: World, kind: Kind): string => `oci://${world.place(kind)}`;
const classicUrl = (world: World, kind: Kind): string => `${world.origin}/helm/${world.projectOf(kind)}`;

async function resolveWeb(world: World, kind: Kind): Promise<string> {
  return digestIn(await world.stranger.run("ORAS", "resolve", HTTP, `${world.place(kind)}/web:1.0.0`));
}

/** A chart that depends on `web` of that place; gives the answer of `dependency build` after the archive was taken away. */
async function buildDependency(world: World, kind: Kind, repository: string): Promise<Cell> {
  const chart = world.folder(`parent-${slug(kind)}-${repository.slice(0, 3)}`);
  const dependency = `  - {name: web, version: ~1.1.0, repository: "${repository}"}\n`;
  writeFileSync(
    join(chart, "Chart.yaml"),
    `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n${dependency}`,
  );
  await world.stranger.run("HELM", "dependency", "update", chart, HTTP);
  mkdirSync(join(chart, "charts"), { recursive: true });
  await world.stranger.run("HELM", "dependency", "build", chart, HTTP);
  return sameArchive(world, join(chart, "charts", "web-1.1.0.tgz"), "1.1.0");
}

/** The chart's folder as ChartMuseum's plugin pushes it: packaged by the plugin, in a form. */
async function cmPush(world: World, kind: Kind, version: string, ...more: readonly string[]): Promise<Cell> {
  const chart = join(world.folder("source/web-1.0.0"), "web");
  const login = ["--username", "ci", "--password", world.token, "--version", version];
  return await shown(world.member, "HELM-CM-PUSH", chart, classicUrl(world, kind), ...login, ...more);
}

/** A chart and its provenance in one form over what is there, and helm's verdict on it. */
async function uploadForm(world: World, kind: Kind): Promise<Cell> {
  const archive = world.archive("1.0.0");
  const form = ["-F", `chart=@${archive}`, "-F", `prov=@${archive}.prov`];
  const to = `${classicUrl(world, kind)}/api/charts?force`;
  const { stdout } = await runProgram("curl", ["-sS", "-u", `ci:${world.token}`, ...form, to]);
  if (stdout !== '{"saved":true}') return stdout;
  const verify = ["--repo", classicUrl(world, kind), "--version", "1.0.0", "--verify", "--keyring", world.keyring];
  const target = await pulled(world, kind, "form", ["web", ...verify]);
  return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
}

/** Both indexes say the same, and what they name is there: the archive by its digest, and its provenance. */
async function readIndexes(world: World, kind: Kind): Promise<Cell> {
  const base = `${classicUrl(world, kind)}/`;
  const read = async (file: string): Promise<Index> => parse(await (await fetch(base + file)).text());
  const [yaml, json] = [await read("index.yaml"), await read("index.json")];
  if (JSON.stringify(yaml.entries) !== JSON.stringify(json.entries)) return "the indexes differ";
  const entry = json.entries["web"]?.find(({ version }) => version === "1.0.0");
  const url = new URL(entry?.urls[0] ?? "nowhere", base);
  const archive = Buffer.from(await (await fetch(url)).arrayBuffer());
  const provenance = await fetch(`${url.href}.prov`);
  const digest = createHash("sha256").update(archive).digest("hex");
  if (digest !== entry?.digest || digest !== sha256(world.archive("1.0.0"))) return `${url.href} has other bytes`;
  return contains(await provenance.text(), "BEGIN PGP SIGNED MESSAGE", digest);
}

interface Index {
  readonly entries: Readonly<
    Record<string, readonly { readonly version: string; readonly urls: readonly string[]; readonly digest?: string }[]>
  >;
}

/** oras tells the warning of what a proxy still has, once; helm and crane pull as ever. */
async function readStale(world: World, kind: Kind): Promise<Cell> {
  const web = `${world.place(kind)}/web`;
  const ask = async (): Promise<string> => {
    const target = world.folder(`stale-${slug(kind)}`);
    await world.stranger.run("HELM", "pull", `oci://${web}`, "--version", "1.0.0", HTTP, "-d", target);
    await world.stranger.run("CRANE", "manifest", INSECURE, `${web}:1.0.0`);
    return await world.stranger.run("ORAS", "pull", HTTP, "-o", target, `${web}:1.0.0`);
  };
  await ask();
  const told = (await world.whileUpstreamsFail(ask)).split(STALE).length - 1;
  return told === (kind === "hosted" ? 0 : 1) ? "ok" : `told ${told} times`;
}

const STALE = "the upstream fails: this is the copy that is kept here, which may be out of date";

/** What containerd sends to a mirror: HEAD by tag, GET by digest, then every blob, each with the namespace. */
async function pullInNamespace(world: World, kind: Kind): Promise<Cell> {
  const [name, namespace] = namespaced(world, kind);
  const ask = async (path: string, method = "GET"): Promise<Response> =>
    await fetch(`${world.origin}/v2/${name}/${path}?ns=${namespace}`, { method, headers: { accept: CONTAINERD } });
  const head = await ask(kind === "proxy of classic" ? "manifests/1.0.0" : "manifests/1", "HEAD");
  const digest = head.headers.get("docker-content-digest") ?? "";
  const bytes = Buffer.from(await (await ask(`manifests/${digest}`)).arrayBuffer());
  if (`sha256:${createHash("sha256").update(bytes).digest("hex")}` !== digest)
    return `HEAD ${head.status}, other bytes`;
  const { config, layers }: { config: Descriptor; layers: readonly Descriptor[] } = JSON.parse(bytes.toString());
  for (const blob of [config, ...layers]) {
    const content = Buffer.from(await (await ask(`blobs/${blob.digest}`)).arrayBuffer());
    if (content.length !== blob.size) return `a blob of ${content.length} bytes instead of ${blob.size}`;
  }
  return "ok";
}

/** What notes and signatures lie beside: pushed here, or at the upstream; charts of a classic repository have none. */
function attachedTo(world: World, kind: Kind): string {
  return `${world.place(kind)}/${kind === "hosted" || kind === "proxy of classic" ? "web:1.0.0" : "text:1"}`;
}

async function referrersOf(world: World, kind: Kind, type: string): Promise<readonly string[]> {
  const subject = attachedTo(world, kind);
  const text = await world.stranger.run("ORAS", "discover", HTTP, "--format", "json", "--artifact-type", type, subject);
  const { referrers = [] }: { referrers?: readonly { readonly reference: string }[] } = JSON.parse(text);
  return referrers.map(({ reference }) => reference);
}

/** What was signed at the upstream by the key; to a hosted project the signature is pushed first. */
async function verifySigned(world: World, kind: Kind, place: keyof typeof COSIGN_PLACES): Promise<Cell> {
  const format = COSIGN_PLACES[place];
  const subject = attachedTo(world, kind);
  if (kind === "hosted") {
    const at = `${world.place(kind)}/web@${await resolveWeb(world, kind)}`;
    await world.member.run("COSIGN", "sign", "--key", "cosign.key", ...COSIGN_ALONE, format, at);
  }
  const verify = ["verify", "--key", world.cosignKey, "--insecure-ignore-tlog=true", "--allow-http-registry", format];
  return await shown(world.stranger, "COSIGN", ...verify, subject);
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

const CONTAINERD =
  "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, " +
  "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";

/** A mirror of a registry is asked with that registry's own names; what is none is named by its project. */
function namespaced(world: World, kind: Kind): readonly [string, string] {
  if (kind === "proxy of OCI") return ["lib/image", world.upstreamHost];
  if (kind === "proxy of classic") return ["classic/web", world.classicHost];
  return [`${world.projectOf(kind)}/image`, world.host];
}

/** What a list of the whole registry names of a project; a group has no repositories of its own. */
function listed(world: World, kind: Kind, text: string): Cell {
  const project = kind === "group" ? "charts" : world.projectOf(kind);
  return contains(
    `\n${text}`,
    ...["web", ...(kind === "proxy of classic" ? [] : ["text"])].map((name) => `\n${project}/${name}\n`),
  );
}

/** The same for who is held to `web…`: nothing else may be named of what is not open to anybody. */
function listedHeld(world: World, kind: Kind, text: string): Cell {
  const names = text.trim().split(/\s+/);
  const others = names.filter((name) => name.startsWith("closed-") && !name.endsWith("/web"));
  if (others.length > 0) return `shows ${others.join(" ")}`;
  return contains(names.join(" "), `${kind === "group" ? "closed-charts" : world.closed(kind)}/web`);
}

const heldPlace = (world: World, kind: Kind): string => `oci://${world.host}/${world.closed(kind)}`;
const heldLogin = (world: World): readonly string[] => ["--username", "held", "--password", world.heldToken];

/** A packaged chart that is none of those that `held` may touch. */
async function otherArchive(world: World): Promise<string> {
  const source = world.folder("source/other");
  writeFileSync(join(source, "Chart.yaml"), "apiVersion: v2\nname: other\nversion: 1.0.0\n");
  await world.member.run("HELM", "package", source, "-d", world.folder("packages"));
  return join(world.folder("packages"), "other-1.0.0.tgz");
}

/** What `held` pushes has to be pushed by others first, where it is another one's. */
async function pullOther(world: World, kind: Kind): Promise<Cell> {
  if (kind === "hosted") {
    await world.member.run("HELM", "push", await otherArchive(world), heldPlace(world, kind), HTTP);
  }
  const name = kind === "proxy of OCI" ? "text:1" : kind === "proxy of classic" ? "web:1.0.0" : "other:1.0.0";
  await world.member.run("CRANE", "manifest", INSECURE, `${world.host}/${world.closed(kind)}/${name}`);
  return await shown(world.held, "CRANE", "manifest", INSECURE, `${world.host}/${world.closed(kind)}/${OTHERS[kind]}`);
}

const OTHERS: Readonly<Record<Kind, string>> = {
  hosted: "other:1.0.0",
  "proxy of OCI": "text:1",
  "proxy of classic": "other:1.0.0",
  group: "other:1.0.0",
};

/** The index holds nothing but `web`, and what it names is there. */
async function searchHeld(world: World, kind: Kind): Promise<Cell> {
  const name = `held-${slug(kind)}`;
  const url = `${world.origin}/helm/${world.closed(kind)}`;
  await world.held.run("HELM", "repo", "add", name, url, ...heldLogin(world));
  const found = await world.held.run("HELM", "search", "repo", `${name}/`, "-o", "json");
  const names = JSON.parse(found).map((chart: { name: string }) => chart.name);
  if (names.join() !== `${name}/web`) return `shows ${names.join(" ")}`;
  const target = world.folder(name);
  await world.held.run("HELM", "pull", `${name}/web`, "--version", "1.0.0", "-d", target);
  return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
}

/** A chart as ChartMuseum takes it; `held` may bring `web` alone. */
async function uploadHeld(world: World, kind: Kind, archive: string): Promise<Cell> {
  const login = ["-sS", "-u", `held:${world.heldToken}`, "--data-binary", `@${archive}`];
  const to = `${world.origin}/helm/${world.closed(kind)}/api/charts?force`;
  const { stdout } = await runProgram("curl", [...login, to]);
  return stdout === '{"saved":true}' ? "ok" : stdout;
}

/** In the order in which they are run: later ones find what earlier ones pushed. */
export const COMMANDS: readonly Command[] = [
  {
    name: "helm registry login",
    run: async (world) => {
      const login = ["registry", "login", world.host, HTTP, "-u", "ci", "-p", world.token];
      return contains(await world.member.run("HELM", ...login), "Login Succeeded");
    },
  },
  {
    name: "helm registry login, wrong password",
    run: async (world) =>
      await shown(world.stranger, "HELM", "registry", "login", world.host, HTTP, "-u", "ci", "-p", "x"),
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "helm push",
    run: async (world, kind) => {
      const last = await shown(world.member, "HELM", "push", world.archive("1.0.0"), oci(world, kind), HTTP);
      return last === "ok"
        ? await shown(world.member, "HELM", "push", world.archive("1.1.0"), oci(world, kind), HTTP)
        : last;
    },
    refused: READ_ONLY,
  },
  {
    name: "helm push, without login",
    run: async (world, kind) =>
      await shown(world.stranger, "HELM", "push", world.archive("1.0.0"), oci(world, kind), HTTP),
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "helm pull, by tag",
    run: async (world, kind) => {
      const target = await pulled(world, kind, "tag", [`${oci(world, kind)}/web`, "--version", "1.0.0", HTTP]);
      return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
    },
  },
  {
    name: "helm pull, by constraint",
    run: async (world, kind) => {
      const target = await pulled(world, kind, "range", [`${oci(world, kind)}/web`, "--version", "^1.0", HTTP]);
      return sameArchive(world, join(target, "web-1.1.0.tgz"), "1.1.0");
    },
  },
  {
    name: "helm pull, by digest",
    run: async (world, kind) => {
      const digest = await resolveWeb(world, kind);
      const target = await pulled(world, kind, "digest", [`${oci(world, kind)}/web@${digest}`, HTTP]);
      return sameArchive(world, join(target, `web@${digest.replace(":", "-")}.tgz`), "1.0.0");
    },
  },
  {
    name: "helm pull --verify",
    run: async (world, kind) => {
      const verify = ["--version", "1.0.0", "--verify", "--keyring", world.keyring, HTTP];
      const target = await pulled(world, kind, "verify", [`${oci(world, kind)}/web`, ...verify]);
      return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
    },
  },
  {
    name: "helm push, wrong password",
    run: async (world, kind) => {
      const wrong = ["--username", "ci", "--password", "x", HTTP];
      return await shown(world.stranger, "HELM", "push", world.archive("1.0.0"), oci(world, kind), ...wrong);
    },
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "helm show chart",
    run: async (world, kind) =>
      contains(
        await world.stranger.run("HELM", "show", "chart", `${oci(world, kind)}/web`, "--version", "1.0.0", HTTP),
        "description: a page",
      ),
  },
  {
    name: "helm cm-push, a folder",
    run: async (world, kind) => await cmPush(world, kind, "2.0.0"),
    refused: READ_ONLY,
  },
  {
    name: "helm cm-push, what is there",
    run: async (world, kind) => await cmPush(world, kind, "2.0.0"),
    refused: { ...READ_ONLY, hosted: /409: chart already exists/ },
  },
  {
    name: "helm cm-push --force",
    run: async (world, kind) => await cmPush(world, kind, "2.0.0", "--force"),
    refused: READ_ONLY,
  },
  {
    name: "helm cm-push, wrong password",
    run: async (world, kind) => await cmPush(world, kind, "2.0.1", "--password", "x"),
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "curl, chart and prov in a form",
    run: uploadForm,
    refused: READ_ONLY,
  },
  { name: "GET index.json and index.yaml", run: readIndexes },
  {
    name: "helm repo add",
    run: async (world, kind) => await shown(world.stranger, "HELM", "repo", "add", slug(kind), classicUrl(world, kind)),
  },
  {
    name: "helm repo add, wrong password",
    run: async (world, kind) => {
      const wrong = ["--username", "ci", "--password", "x"];
      return await shown(world.stranger, "HELM", "repo", "add", "wrong", classicUrl(world, kind), ...wrong);
    },
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "helm repo update",
    run: async (world, kind) => {
      const versions = ["search", "repo", `${slug(kind)}/web`, "--versions"];
      if ((await world.stranger.run("HELM", ...versions)).includes("1.2.0")) return "1.2.0 is there before the update";
      if (kind === "hosted") {
        await world.publish("1.2.0");
        await world.member.run("HELM", "push", world.archive("1.2.0"), oci(world, kind), HTTP);
      }
      await world.stranger.run("HELM", "repo", "update", slug(kind));
      return contains(await world.stranger.run("HELM", ...versions), "1.2.0");
    },
  },
  {
    name: "helm search repo",
    run: async (world, kind) => {
      const found = await world.stranger.run("HELM", "search", "repo", `${slug(kind)}/`, "--versions", "-o", "json");
      return contains(found, "/web", "1.0.0", "1.1.0");
    },
  },
  {
    name: "helm pull, from the repository",
    run: async (world, kind) => {
      const target = await pulled(world, kind, "repository", [`${slug(kind)}/web`, "--version", "1.0.0"]);
      return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
    },
  },
  {
    name: "helm pull --repo --verify",
    run: async (world, kind) => {
      const verify = ["--repo", classicUrl(world, kind), "--version", "1.0.0", "--verify", "--keyring", world.keyring];
      const target = await pulled(world, kind, "repo-verify", ["web", ...verify]);
      return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
    },
  },
  {
    name: "helm dependency build, OCI",
    run: async (world, kind) => await buildDependency(world, kind, oci(world, kind)),
  },
  {
    name: "helm dependency build, classic",
    run: async (world, kind) => await buildDependency(world, kind, classicUrl(world, kind)),
  },
  {
    name: "oras login",
    run: async (world) => await shown(world.member, "ORAS", "login", HTTP, world.host, "-u", "ci", "-p", world.token),
  },
  {
    name: "oras login, wrong password",
    run: async (world) => await shown(world.stranger, "ORAS", "login", HTTP, world.host, "-u", "ci", "-p", "x"),
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "oras push",
    run: async (world, kind) => {
      return await shown(world.member, "ORAS", "push", HTTP, `${world.place(kind)}/text:1`, "a.txt:text/plain");
    },
    refused: READ_ONLY,
  },
  {
    name: "oras pull",
    run: async (world, kind) => {
      const target = world.folder(`oras-${slug(kind)}`);
      const name = kind === "proxy of classic" ? "web:1.0.0" : "text:1";
      const printed = await world.stranger.run("ORAS", "pull", HTTP, "-o", target, `${world.place(kind)}/${name}`);
      return existsSync(join(target, "a.txt")) ? "ok" : printed;
    },
    // A chart's layers carry no file name, and a classic repository has charts alone.
    refused: { "proxy of classic": /Skipped pulling layers without file name/ },
  },
  {
    name: "oras attach",
    run: async (world, kind) => {
      const subject = `${world.place(kind)}/web:1.0.0`;
      return await shown(
        world.member,
        "ORAS",
        "attach",
        HTTP,
        "--artifact-type",
        "x/note",
        subject,
        "a.txt:text/plain",
      );
    },
    refused: READ_ONLY,
  },
  {
    name: "oras discover",
    run: async (world, kind) => {
      const tree = await world.stranger.run("ORAS", "discover", HTTP, attachedTo(world, kind));
      return contains(tree, kind === "proxy of classic" ? "web@sha256:" : "x/note");
    },
  },
  {
    name: "oras discover --artifact-type",
    run: async (world, kind) => {
      const [notes, others] = [await referrersOf(world, kind, "x/note"), await referrersOf(world, kind, "x/other")];
      return `${notes.length} of the type, ${others.length} of another` === "1 of the type, 0 of another"
        ? "ok"
        : `${notes.length} notes, ${others.length} others`;
    },
    refused: { "proxy of classic": /^0 notes, 0 others$/ },
  },
  {
    name: "oras pull, a referrer",
    run: async (world, kind) => {
      const [note] = await referrersOf(world, kind, "x/note");
      if (note === undefined) return "nothing refers to it";
      const target = world.folder(`note-${slug(kind)}`);
      const printed = await world.stranger.run("ORAS", "pull", HTTP, "-o", target, note);
      return existsSync(join(target, "a.txt")) ? "ok" : printed;
    },
    refused: { "proxy of classic": /^nothing refers to it$/ },
  },
  {
    name: "cosign sign, verify by referrer",
    run: async (world, kind) => await verifySigned(world, kind, "referrer"),
    refused: { "proxy of classic": /no signatures found/ },
  },
  {
    name: "cosign sign, verify by tag",
    run: async (world, kind) => await verifySigned(world, kind, "tag"),
    refused: { "proxy of classic": /no signatures found/ },
  },
  {
    name: "oras repo tags",
    run: async (world, kind) =>
      contains(await world.stranger.run("ORAS", "repo", "tags", HTTP, `${world.place(kind)}/web`), "1.0.0", "1.1.0"),
  },
  {
    name: "oras cp, from",
    run: async (world, kind) => {
      const [from, to] = [`${world.place(kind)}/web:1.0.0`, `${world.place("hosted")}/oras-${slug(kind)}:1.0.0`];
      const copied = await world.member.run("ORAS", "cp", "-r", "--from-plain-http", "--to-plain-http", from, to);
      return contains(copied, await resolveWeb(world, kind));
    },
  },
  {
    name: "oras cp, to",
    run: async (world, kind) => {
      const from = `${world.upstreamHost}/lib/web:1.0.0`;
      const to = `${world.place(kind)}/copied:1.0.0`;
      return await shown(world.member, "ORAS", "cp", "--from-plain-http", "--to-plain-http", from, to);
    },
    refused: READ_ONLY,
  },
  {
    name: "crane auth login",
    run: async (world) =>
      await shown(world.member, "CRANE", "auth", "login", world.host, "-u", "ci", "-p", world.token),
  },
  {
    name: "crane copy, to",
    run: async (world, kind) => {
      const from = `${world.upstreamHost}/lib/image:1`;
      return await shown(
        world.member,
        "CRANE",
        "copy",
        INSECURE,
        from,
        `${world.place(kind)}/${kind === "hosted" ? "image" : `new-${slug(kind)}`}:1`,
      );
    },
    refused: READ_ONLY,
  },
  {
    name: "crane copy, from",
    run: async (world, kind) => {
      const to = `${world.place("hosted")}/crane-${slug(kind)}:1.0.0`;
      return await shown(world.member, "CRANE", "copy", INSECURE, `${world.place(kind)}/web:1.0.0`, to);
    },
  },
  {
    name: "crane ls",
    run: async (world, kind) =>
      contains(await world.stranger.run("CRANE", "ls", INSECURE, `${world.place(kind)}/web`), "1.0.0", "1.1.0"),
  },
  {
    name: "crane validate",
    run: async (world, kind) =>
      await shown(world.stranger, "CRANE", "validate", INSECURE, "--remote", `${world.place(kind)}/image:1`),
    // A classic repository holds charts alone.
    refused: { "proxy of classic": /MANIFEST_UNKNOWN|NAME_UNKNOWN/ },
  },
  {
    name: "crane digest",
    run: async (world, kind) => {
      const digest = await world.stranger.run("CRANE", "digest", INSECURE, `${world.place(kind)}/web:1.0.0`);
      return contains(digest, await resolveWeb(world, kind));
    },
  },
  { name: "pull with ns=, as containerd", run: pullInNamespace },
  { name: "oras, helm and crane while the upstream fails", run: readStale },
  {
    name: "crane catalog",
    run: async (world, kind) => listed(world, kind, await world.member.run("CRANE", "catalog", INSECURE, world.host)),
  },
  {
    name: "crane catalog, without login",
    run: async (world, kind) => listed(world, kind, await world.stranger.run("CRANE", "catalog", INSECURE, world.host)),
  },
  {
    name: "oras repo ls",
    run: async (world, kind) => listed(world, kind, await world.member.run("ORAS", "repo", "ls", HTTP, world.host)),
  },
  {
    name: "logins, held to web*",
    run: async (world) => {
      const login = ["login", world.host, "-u", "held", "-p", world.heldToken];
      await world.held.run("CRANE", "auth", ...login);
      return await shown(world.held, "HELM", "registry", ...login, HTTP);
    },
  },
  {
    name: "helm push, held to web*",
    run: async (world, kind) =>
      await shown(world.held, "HELM", "push", world.archive("1.0.0"), heldPlace(world, kind), HTTP),
    refused: READ_ONLY,
  },
  {
    name: "helm push another chart, held to web*",
    run: async (world, kind) =>
      await shown(world.held, "HELM", "push", await otherArchive(world), heldPlace(world, kind), HTTP),
    refused: ALL_UNAUTHORIZED,
  },
  {
    name: "helm pull, held to web*",
    run: async (world, kind) => {
      const target = world.folder(`pull-held-${slug(kind)}`);
      await world.held.run("HELM", "pull", `${heldPlace(world, kind)}/web`, "--version", "1.0.0", HTTP, "-d", target);
      return sameArchive(world, join(target, "web-1.0.0.tgz"), "1.0.0");
    },
  },
  { name: "crane manifest of another, held to web*", run: pullOther, refused: ALL_UNAUTHORIZED },
  {
    name: "crane manifest of what anybody may pull, held to web*",
    run: async (world, kind) => {
      const image = `${world.host}/${world.projectOf(kind)}/${kind === "proxy of classic" ? "web:1.0.0" : "text:1"}`;
      return await shown(world.held, "CRANE", "manifest", INSECURE, image);
    },
  },
  {
    name: "curl, a chart, held to web*",
    run: async (world, kind) => await uploadHeld(world, kind, world.archive("1.1.0")),
    refused: READ_ONLY,
  },
  {
    name: "curl, another chart, held to web*",
    run: async (world, kind) => await uploadHeld(world, kind, await otherArchive(world)),
    refused: { ...READ_ONLY, hosted: /requested access to the resource is denied/ },
  },
  { name: "helm search repo and pull, held to web*", run: searchHeld },
  {
    name: "crane catalog, held to web*",
    run: async (world, kind) => listedHeld(world, kind, await world.held.run("CRANE", "catalog", INSECURE, world.host)),
  },
  {
    name: "oras repo ls, held to web*",
    run: async (world, kind) => listedHeld(world, kind, await world.held.run("ORAS", "repo", "ls", HTTP, world.host)),
  },
];
