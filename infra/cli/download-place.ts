import type { DownloadPlace } from "../../engine/chart/download-place.ts";
import type { ConnectionChoice } from "../../engine/chart/transfer.ts";
import { print, warner } from "./command.ts";
import type { CommandIo } from "./command.ts";
import type { ParsedFlags } from "./flags.ts";
import { helmFolder } from "./helm-folders.ts";
import { registryCredentials } from "./registry-credentials.ts";
import { toolFolder } from "./tool-folder.ts";

/** Where Helm keeps repositories and caches, by flag, environment or custom. Progress goes to `out`, what came from registries to `pulledOut`. */
export function downloadPlace(
  flags: ParsedFlags,
  io: CommandIo,
  out: (text: string) => void = (text) => print(io, text),
  pulledOut: (text: string) => void = out,
): DownloadPlace {
  const setting = (flag: string, variable: string, own: string): string => {
    const given = flags.last(flag) ?? io.environment(variable) ?? "";
    return given === "" ? own : given;
  };
  const registryConfig = setting(
    "registry-config",
    "HELM_REGISTRY_CONFIG",
    `${helmFolder("config", io)}/registry/config.json`,
  );
  return {
    folder: toolFolder(io),
    network: {
      egress: ({ certificate, key, authority, insecure }) =>
        io.egress({
          ...(certificate === "" || key === "" ? {} : { certificate, key }),
          ...(authority === "" ? {} : { authority }),
          insecure,
        }),
      credentials: (host) => Promise.resolve(registryCredentials(host, registryConfig, io)),
      now: io.now,
    },
    repositoryConfig: setting(
      "repository-config",
      "HELM_REPOSITORY_CONFIG",
      `${helmFolder("config", io)}/repositories.yaml`,
    ),
    repositoryCache: setting("repository-cache", "HELM_REPOSITORY_CACHE", `${helmFolder("cache", io)}/repository`),
    contentCache: setting("content-cache", "HELM_CONTENT_CACHE", `${helmFolder("cache", io)}/content`),
    print: out,
    printPulled: pulledOut,
    onWarning: warner(io),
    openKeyring: async (path) => (await import("./openpgp.ts")).openKeyring(path, io),
  };
}

/** What the flags say about connections. */
export function connectionChoice(flags: ParsedFlags): ConnectionChoice {
  return {
    username: flags.last("username") ?? "",
    password: flags.last("password") ?? "",
    certificate: flags.last("cert-file") ?? "",
    key: flags.last("key-file") ?? "",
    authority: flags.last("ca-file") ?? "",
    insecure: flags.isOn("insecure-skip-tls-verify"),
    plainHttp: flags.isOn("plain-http"),
    passCredentials: flags.isOn("pass-credentials"),
  };
}

/** `--version`; with `--devel` and without one, pre-releases count too. */
export function wantedVersion(flags: ParsedFlags): string {
  const version = flags.last("version") ?? "";
  return version === "" && flags.isOn("devel") ? ">0.0.0-0" : version;
}

/** `--keyring`, else GnuPG's own: `pubring.gpg`, or `pubring.kbx` where there is only that. */
export function keyringPath(flags: ParsedFlags, io: CommandIo): string {
  const given = flags.last("keyring");
  if (given !== undefined) return given;
  const home = io.environment("GNUPGHOME") ?? `${io.environment("HOME") ?? ""}/.gnupg`;
  const isOnlyBox = !exists(`${home}/pubring.gpg`, io) && exists(`${home}/pubring.kbx`, io);
  return `${home}/pubring.${isOnlyBox ? "kbx" : "gpg"}`;
}

function exists(path: string, { files }: CommandIo): boolean {
  return files.stat(path) !== undefined;
}
