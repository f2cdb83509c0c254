import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, required, runProgram } from "../../support/helm.ts";
import { writeKeys } from "../../support/pgp-keys.ts";
import { serveFetch, type TestServer } from "../../support/registry-server.ts";
import { openRegistry } from "../../support/registry.ts";
import { type SlipwayServer, startServer } from "../../support/slipway-server.ts";

/** The kinds of projects that each command meets. */
export const KINDS = ["hosted", "proxy of OCI", "proxy of classic", "group"] as const;
export type Kind = (typeof KINDS)[number];

/** Projects of the registry that is asked, by kind. The group shows all others. */
const PROJECTS: Readonly<Record<Kind, string>> = {
  hosted: "charts",
  "proxy of OCI": "mirror",
  "proxy of classic": "classic",
  group: "all",
};
/** The same for those with a login alone. */
const CLOSED: Readonly<Record<Kind, string>> = {
  hosted: "closed-charts",
  "proxy of OCI": "closed-mirror",
  "proxy of classic": "closed-classic",
  group: "closed-all",
};
const TOKEN = "clients-push-token";
/** Of a client that may do everything with `web…`, and nothing with anything else. */
const HELD_TOKEN = "clients-held-token";
/** Any user name goes with a token. */
const USER = "ci";

export type Program = "HELM" | "ORAS" | "CRANE" | "HELM-CM-PUSH" | "COSIGN";

/** A real client of somebody: with a login, or of a stranger. Both have homes of their own. */
export interface Client {
  readonly tried: (program: Program, ...args: readonly string[]) => Promise<Ended>;
  /** Throws with what the program printed when it fails. */
  readonly run: (program: Program, ...args: readonly string[]) => Promise<string>;
}

/** A registry with every kind of project, the upstreams behind it, and clients. */
export interface World {
  readonly host: string;
  readonly origin: string;
  readonly upstreamHost: string;
  readonly classicHost: string;
  readonly member: Client;
  readonly stranger: Client;
  /** Logs in with `heldToken`. */
  readonly held: Client;
  readonly token: string;
  readonly heldToken: string;
  /** A folder of its own for a command's files. */
  readonly folder: (name: string) => string;
  readonly projectOf: (kind: Kind) => string;
  /** A project of that kind that nobody reads without a login. */
  readonly closed: (kind: Kind) => string;
  /** `HOST/PROJECT`. */
  readonly place: (kind: Kind) => string;
  /** The archive of `web` in that version, as helm packaged and signed it. */
  readonly archive: (version: string) => string;
  readonly keyring: string;
  /** What cosign's signatures at the other registry are checked by. */
  readonly cosignKey: string;
  /** Publishes a version of `web` at the classic upstream and at the other registry. */
  readonly publish: (version: string) => Promise<void>;
  /** Both upstreams answer 500 meanwhile. */
  readonly whileUpstreamsFail: <T>(work: () => Promise<T>) => Promise<T>;
  readonly output: () => string;
  readonly close: () => Promise<void>;
}

/** Starts everything, with `web` 1.0.0 and 1.1.0 and an image `image:1` everywhere. */
export async function openWorld(): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), "slipway-clients-"));
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const lib = openRegistry({ projects: [{ kind: "hosted", name: "lib" }] });
  const state = { failing: false };
  const unlessFailing =
    (fetch: Serve): Serve =>
    async (request) =>
      state.failing ? new Response("", { status: 500 }) : await fetch(request);
  const upstream = await serveFetch(unlessFailing(lib.fetch));
  const files = await serveFetch(unlessFailing(fileServer(folder("classic"))));
  const slipway = await startSlipway(folder("config"), upstream, files);
  const [member, stranger] = [createClient(folder("member")), createClient(folder("stranger"))];
  const held = createClient(folder("held"));
  const keys = folder("keys");
  await writeKeys(keys);
  const archive = (version: string): string => join(root, "packages", `web-${version}.tgz`);
  const publish = async (version: string): Promise<void> => {
    await packageSigned(member, { folder, keys, version });
    await member.run("HELM", "push", archive(version), `oci://${upstream.host}/lib`, "--plain-http");
    for (const end of ["", ".prov"]) {
      writeFileSync(join(root, "classic", `web-${version}.tgz${end}`), readFileSync(archive(version) + end));
    }
    await member.run("HELM", "repo", "index", join(root, "classic"));
  };
  for (const version of ["1.0.0", "1.1.0"]) await publish(version);
  await pushOthers(member, { home: folder("member"), upstream: upstream.host, layer: archive("1.0.0") });
  const place = (kind: Kind): string => `${slipway.host}/${PROJECTS[kind]}`;
  return {
    host: slipway.host,
    origin: slipway.url,
    upstreamHost: upstream.host,
    classicHost: files.host,
    member,
    stranger,
    held,
    token: TOKEN,
    heldToken: HELD_TOKEN,
    folder,
    projectOf: (kind) => PROJECTS[kind],
    closed: (kind) => CLOSED[kind],
    place,
    archive,
    keyring: join(keys, "public.gpg"),
    cosignKey: join(root, "member", "cosign.pub"),
    publish,
    whileUpstreamsFail: async (work) => {
      state.failing = true;
      return await work().finally(() => (state.failing = false));
    },
    output: slipway.output,
    close: async () => {
      await slipway.dispose();
      await upstream.close();
      await files.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

interface Others {
  readonly home: string;
  readonly upstream: string;
  readonly layer: string;
}

/** cosign asks no log and no TUF repository. */
export const COSIGN_ALONE = ["--tlog-upload=false", "--use-signing-config=false", "--yes", "--allow-http-registry"];
/** How cosign keeps signatures: in a list of referrers, or, before version 3, under a tag. */
export const COSIGN_PLACES = { referrer: "--new-bundle-format=true", tag: "--new-bundle-format=false" } as const;

/** An image, and an artifact that is a file, with a note and cosign's signatures. */
async function pushOthers({ run }: Client, { home, upstream, layer }: Others): Promise<void> {
  await run("CRANE", "append", "--insecure", "-f", layer, "-t", `${upstream}/lib/image:1`, "--oci-empty-base");
  writeFileSync(join(home, "a.txt"), "hello");
  await run("ORAS", "push", "--plain-http", `${upstream}/lib/text:1`, "a.txt:text/plain");
  await run(
    "ORAS",
    "attach",
    "--plain-http",
    "--artifact-type",
    "x/note",
    `${upstream}/lib/text:1`,
    "a.txt:text/plain",
  );
  await run("COSIGN", "generate-key-pair");
  const digest = /sha256:[0-9a-f]{64}/.exec(
    await run("ORAS", "resolve", "--plain-http", `${upstream}/lib/text:1`),
  )?.[0];
  for (const place of Object.values(COSIGN_PLACES))
    await run("COSIGN", "sign", "--key", "cosign.key", ...COSIGN_ALONE, place, `${upstream}/lib/text@${digest}`);
}

type Serve = (request: Request) => Promise<Response>;

function fileServer(folder: string): Serve {
  return async (request) => {
    const file = join(folder, new URL(request.url).pathname);
    return existsSync(file) ? new Response(readFileSync(file)) : new Response("", { status: 404 });
  };
}

async function startSlipway(folder: string, upstream: TestServer, files: TestServer): Promise<SlipwayServer> {
  const local = { plainHttp: true, privateAddresses: true, freshness: "1ms" };
  const read = { anonymousPull: true };
  const file = join(folder, "slipway.yaml");
  const config = {
    upstreams: [
      { name: "origin", kind: "oci", url: `${upstream.origin}/lib`, ...local },
      { name: "files", kind: "classic", url: files.origin, ...local },
    ],
    projects: [
      { kind: "hosted", name: "charts", ...read },
      { kind: "proxy", name: "mirror", upstream: "origin", ...read },
      { kind: "proxy", name: "classic", upstream: "files", ...read },
      { kind: "group", name: "all", members: ["classic", "mirror", "charts"].map((project) => ({ project })), ...read },
      { kind: "hosted", name: CLOSED.hosted },
      { kind: "proxy", name: CLOSED["proxy of OCI"], upstream: "origin" },
      { kind: "proxy", name: CLOSED["proxy of classic"], upstream: "files" },
      {
        kind: "group",
        name: CLOSED.group,
        members: [CLOSED["proxy of classic"], CLOSED["proxy of OCI"], CLOSED.hosted].map((project) => ({ project })),
      },
    ],
    tokens: [
      { name: USER, token: "env:CLIENTS_TOKEN", grants: [{ allow: ["charts:*"] }] },
      { name: "held", token: "env:HELD_TOKEN", grants: [{ allow: ["charts:*"], repositories: ["web*"] }] },
    ],
  };
  writeFileSync(file, JSON.stringify(config));
  return await startServer({ args: ["--config", file], env: { CLIENTS_TOKEN: TOKEN, HELD_TOKEN } });
}

function createClient(home: string): Client {
  const env = { PATH: process.env["PATH"], HOME: home, TZ: "UTC", COSIGN_PASSWORD: "clients" };
  const tried: Client["tried"] = async (program, ...args) =>
    await runProgram(required(program), args, { env, cwd: home });
  return {
    tried,
    run: async (program, ...args) => {
      const end = await tried(program, ...args);
      if (end.code === 0) return end.stdout + end.stderr;
      throw new Error(`${program} ${args.join(" ")} ended with ${end.code}:\n${end.stderr}${end.stdout}`);
    },
  };
}

interface Packaging {
  readonly folder: World["folder"];
  readonly keys: string;
  readonly version: string;
}

async function packageSigned({ run }: Client, { folder, keys, version }: Packaging): Promise<void> {
  const source = folder(`source/web-${version}/web`);
  mkdirSync(join(source, "templates"), { recursive: true });
  writeFileSync(join(source, "Chart.yaml"), `apiVersion: v2\nname: web\nversion: ${version}\ndescription: a page\n`);
  writeFileSync(join(source, "templates/a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  const signing = ["--sign", "--key", "Test", "--keyring", join(keys, "secret.gpg")];
  const passphrase = ["--passphrase-file", join(keys, "pass")];
  await run("HELM", "package", source, "-d", folder("packages"), ...signing, ...passphrase);
}
