import * as z from "zod";
import type { RegistryAction } from "../../registry/http/access.ts";
import type { Clock } from "../http/clock.ts";
import { equalInConstantTime, fromBase64, toBase64Url, toBytes } from "../http/digest.ts";
import { parseJson } from "../http/json.ts";
import type { SecretBox } from "../http/secret-box.ts";
import { type RepositoryPatterns, repositoryPatterns } from "./repository-scope.ts";

/** How long a registry token lasts: as long as one pull or push of a large artifact. */
export const REGISTRY_TOKEN_SECONDS = 900;
const PREFIX = "slt.";
const PURPOSE = "registry token";
/** A token with the scopes of one pull or push is a few hundred bytes. */
const MAX_LENGTH = 12_288;

/** One repository that a registry token was asked for, and what it opens there: perhaps nothing. */
export interface ScopeGrant {
  readonly repository: string;
  readonly actions: readonly RegistryAction[];
  /** Its holder may pull from all of the project. */
  readonly whole?: true | undefined;
}

/** What a registry token says. */
export interface RegistrySession {
  readonly actor: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly access: readonly ScopeGrant[];
  /** What the list of all repositories shows to its holder: perhaps nothing. Absent: it was not asked for. */
  readonly catalog?: readonly RepositoryPatterns[] | undefined;
}

const sessionSchema: z.ZodType<RegistrySession> = z.strictObject({
  actor: z.string(),
  expires: z.number(),
  access: z.array(
    z.strictObject({
      repository: z.string(),
      actions: z.array(z.enum(["pull", "push", "delete", "unsigned"])),
      whole: z.literal(true).optional(),
    }),
  ),
  catalog: z.array(repositoryPatterns).optional(),
});

/** A token that carries its own rights: short-lived, signed, not stored. */
export async function issueSession(
  deps: { readonly box: SecretBox; readonly clock: Clock },
  session: Omit<RegistrySession, "expires">,
): Promise<string> {
  const expires = deps.clock.now() + REGISTRY_TOKEN_SECONDS * 1000;
  const payload = toBase64Url(toBytes(JSON.stringify({ ...session, expires })));
  const signature = toBase64Url(await deps.box.sign(toBytes(payload), PURPOSE));
  return `${PREFIX}${payload}.${signature}`;
}

/** The session of a token; undefined when it is no such token, not ours, or over. */
export async function readSession(
  deps: { readonly box: SecretBox; readonly clock: Clock },
  token: string,
): Promise<RegistrySession | undefined> {
  if (!token.startsWith(PREFIX) || token.length > MAX_LENGTH) return undefined;
  const [payload = "", signature = ""] = token.slice(PREFIX.length).split(".");
  const expected = toBase64Url(await deps.box.sign(toBytes(payload), PURPOSE));
  if (!equalInConstantTime(signature, expected)) return undefined;
  const bytes = fromBase64(payload);
  if (bytes === undefined) return undefined;
  const session = sessionSchema.safeParse(parseJson(new TextDecoder().decode(bytes))).data;
  return session !== undefined && session.expires > deps.clock.now() ? session : undefined;
}
