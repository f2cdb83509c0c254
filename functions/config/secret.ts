import type { Config, KeyMaterial, RequirementConfig } from "./config.ts";
import { ConfigError } from "./parse.ts";
import type { FieldFault } from "../http/problem.ts";

/** Resolves a reference such as `env:NAME` or `file:PATH`; undefined when there is none. Only an entry in `infra/` knows how. */
export type ResolveSecret = (reference: string) => string | undefined | Promise<string | undefined>;

/** The secrets of a configuration, by their references. Closed: nothing prints it. */
export interface Secrets {
  /** The secret of a reference that the configuration holds. */
  readonly reveal: (reference: string) => string;
}

/**
 * Resolves every secret that the configuration names, once. Throws {@link ConfigError} that names references, never values. An empty
 * secret is none: it would open everything.
 */
export async function resolveSecrets(config: Config, resolve: ResolveSecret, file = "slipway.yaml"): Promise<Secrets> {
  const found = new Map<string, string>();
  const faults: FieldFault[] = [];
  for (const { pointer, reference } of referencesOf(config)) {
    const text = await resolve(reference);
    const trimmed = text?.trimEnd();
    if (trimmed === undefined || trimmed === "") faults.push({ pointer, detail: `${reference} is not set or empty` });
    else found.set(reference, trimmed);
  }
  if (faults.length > 0) throw new ConfigError(file, faults);
  return {
    reveal: (reference) => {
      const text = found.get(reference);
      if (text === undefined) throw new Error("config: a secret that was never resolved");
      return text;
    },
  };
}

interface Place {
  readonly pointer: string;
  readonly reference: string;
}

function referencesOf(config: Config): readonly Place[] {
  const slack = config.chat.slack;
  return [
    ...place("/storage/credentials/secretAccessKey", config.storage?.credentials?.secretAccessKey),
    ...config.upstreams.flatMap(({ credentials }, i) =>
      place(`/upstreams/${i}/credentials/password`, credentials?.password),
    ),
    ...config.tokens.flatMap(({ token }, i) => place(`/tokens/${i}/token`, token)),
    ...config.receivers.flatMap(({ secret }, i) => place(`/receivers/${i}/secret`, secret)),
    ...config.signatures.flatMap(({ require }, i) =>
      require.flatMap((one, j) =>
        materialsOf(one).flatMap(([member, text]) =>
          place(`/signatures/${i}/require/${j}/${member}`, isInline(text) ? undefined : text),
        ),
      ),
    ),
    ...place("/chat/slack/signingSecret", slack?.signingSecret),
  ];
}

/** The key material of a requirement, by the member that names it. */
function materialsOf(one: RequirementConfig): readonly (readonly [string, string])[] {
  switch (one.kind) {
    case "provenance":
      return [["keyring", one.keyring]];
    case "cosign-key":
      return one.keys.map((key, index) => [`keys/${index}`, key] as const);
    case "notation":
      return [["roots", one.roots]];
    default:
      return [["roots", one.roots], ...(one.log === undefined ? [] : [["log", one.log] as const])];
  }
}

function isInline(material: KeyMaterial): boolean {
  return material.startsWith("-----BEGIN ");
}

/** The text of key material, wherever it stands. */
export function materialText(secrets: Secrets, material: KeyMaterial): string {
  return isInline(material) ? material : secrets.reveal(material);
}

function place(pointer: string, reference: string | undefined): readonly Place[] {
  return reference === undefined ? [] : [{ pointer, reference }];
}
