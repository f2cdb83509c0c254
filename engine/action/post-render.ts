import { EngineError } from "../errors.ts";
import { type Hook, type Manifest, ManifestError, mergeFiles, sortManifests, splitStream } from "../manifest/index.ts";
import { type HearPlugin, PluginError, withoutSecrets } from "../plugin/index.ts";
import { quote } from "../go/quote.ts";
import { ActionError } from "./errors.ts";
import { type Hearing, OPEN_HEARING } from "./hearing.ts";

/** How hooks and other templates are passed to post-renderers, in Helm's words. */
export type PostRenderStrategy = "combined" | "separate" | "nohooks";

/** One post-renderer of a request, pinned: the same bytes at every step of an operation. */
export interface PostRenderer {
  /** As it was asked for, for messages. */
  readonly plugin: string;
  /** `sha256:…` of the plugin's module, or of its artifact in a registry. */
  readonly digest: string;
  readonly args: readonly string[];
  /** What `config_get` answers, where the operator's grant does not say otherwise. */
  readonly config: Readonly<Record<string, string>>;
}

/** Runs one post-renderer over a stream of manifests. Throws a `PluginError`. */
export type RunPostRenderer = (
  renderer: PostRenderer,
  manifests: string,
  signal?: AbortSignal,
  hear?: HearPlugin,
) => Promise<string>;

/** What rendered files go through. */
export interface PostRenderJob {
  readonly renderers: readonly PostRenderer[];
  readonly strategy: PostRenderStrategy;
  readonly run: RunPostRenderer;
  readonly signal?: AbortSignal | undefined;
  /** What is heard of a renderer that is given this stream; everything where absent. */
  readonly hearing?: ((stream: string) => Hearing) | undefined;
}

type Files = ReadonlyMap<string, string>;

/** Rendered files after all post-renderers, one after the other. Throws `ActionError` `render-failed` with Helm's words. */
export async function postRender(files: Files, job: PostRenderJob): Promise<Files> {
  if (job.strategy === "combined") return runStream(files, job, COMBINED);
  const { hooks, manifests } = sorted(files);
  const hookFiles = grouped(hooks.map(({ path, manifest }) => [path, manifest]));
  const made = [
    job.strategy === "separate" ? await runStream(hookFiles, job, HOOKS) : hookFiles,
    await runStream(grouped(manifests.map(({ path, content }) => [path, content])), job, MANIFESTS),
  ];
  return grouped(made.flatMap((group) => [...group]));
}

/** Helm's words about a stream: what it is made of, what runs on it, what its parts without a name are called. */
interface Wording {
  readonly merged: string;
  readonly run: string;
  readonly parsed: string;
  readonly prefix: string;
}

const COMBINED: Wording = { merged: "manifests", run: "files", parsed: "output", prefix: "" };
const HOOKS: Wording = { merged: "hooks", run: "hooks", parsed: "output for hooks", prefix: "hooks-" };
const MANIFESTS: Wording = {
  merged: "manifests",
  run: "manifests",
  parsed: "output for manifests",
  prefix: "manifests-",
};

/** Helm compatibility: hooks and manifests without a single file are not sent; the combined stream always is. */
async function runStream(files: Files, job: PostRenderJob, words: Wording): Promise<Files> {
  if (files.size === 0 && words !== COMBINED) return files;
  let stream = within(`error merging ${words.merged}`, () => mergeFiles(files));
  for (const renderer of job.renderers) stream = await runOne(renderer, stream, job, words);
  return within(`error while parsing post rendered ${words.parsed}`, () => splitStream(stream, words.prefix));
}

async function runOne(renderer: PostRenderer, stream: string, job: PostRenderJob, words: Wording): Promise<string> {
  const prefix = `error while running post render on ${words.run}`;
  const { hear, hide } = job.hearing?.(stream) ?? OPEN_HEARING;
  try {
    const made = await job.run(renderer, stream, job.signal, hear);
    if (made.trim() !== "") return made;
  } catch (thrown) {
    if (!(thrown instanceof PluginError)) throw thrown;
    const error = withoutSecrets(thrown, hide);
    const name = typeof error.detail["plugin"] === "string" ? error.detail["plugin"] : renderer.plugin;
    const message = `${prefix}: failed to invoke post-renderer plugin ${quote(name)}: ${error.message}`;
    throw new ActionError("render-failed", message, { ...error.detail, cause: error.code }, { cause: error });
  }
  const message = `${prefix}: post-renderer ${quote(renderer.plugin)} produced empty output`;
  throw new ActionError("render-failed", message, { plugin: renderer.plugin, cause: "malformed-output" });
}

function within<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ActionError("render-failed", `${prefix}: ${error.message}`, error.detail, { cause: error });
  }
}

function sorted(files: Files): { readonly hooks: readonly Hook[]; readonly manifests: readonly Manifest[] } {
  try {
    return sortManifests(files);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new ActionError("render-failed", error.message, error.detail, { cause: error });
  }
}

/** Texts of one path are one file, in their order. */
function grouped(texts: readonly (readonly [path: string, text: string])[]): Files {
  const files = new Map<string, string>();
  for (const [path, text] of texts) {
    const before = files.get(path);
    files.set(path, before === undefined ? text : `${before}\n---\n${text}`);
  }
  return files;
}
