import { basePath, cleanPath, directoryPath, extension } from "../go/path.ts";
import { TEXT, named, unary } from "./signature.ts";
import type { Entry } from "./signature.ts";

/** Sprig's path functions; the `os` ones are those of a Unix system. */
export const pathFunctions: readonly Entry[] = [
  ...named(["base", "osBase"], unary(TEXT, basePath)),
  ...named(["dir", "osDir"], unary(TEXT, directoryPath)),
  ...named(["clean", "osClean"], unary(TEXT, cleanPath)),
  ...named(["ext", "osExt"], unary(TEXT, extension)),
  ...named(
    ["isAbs", "osIsAbs"],
    unary(TEXT, (path) => path.startsWith("/")),
  ),
];
