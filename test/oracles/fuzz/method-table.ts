import type { Kind } from "./function-table.ts";

/** A method: the source of its receiver, or the kind of one, its name and what it wants. */
export interface Method {
  readonly receiver: string | { readonly kind: Kind };
  readonly name: string;
  readonly wants: readonly Kind[];
}

/** `RECEIVER NAME WANTS …`; a receiver that begins with a dot stands as it is. */
const TABLE = `
.Capabilities.APIVersions Has string
.Capabilities.APIVersions Has any
.Capabilities.KubeVersion String
.Capabilities.KubeVersion GitVersion
.Capabilities.KubeVersion Missing
.Files Get file
.Files GetBytes file
.Files Lines file
.Files Glob file
.Files AsConfig
.Files AsSecrets
.Values AsMap
.Values YAML
.Values Table key
.Values PathValue key
.Subcharts.sub.Files Get file
moment Year
moment Month
moment Day
moment Hour
moment Nanosecond
moment Weekday
moment YearDay
moment Unix
moment UnixMilli
moment Format layout
moment String
moment IsZero
moment UTC
moment Location
moment AddDate small small small
moment Equal moment
moment Before moment
moment After moment
moment Sub moment
moment Clock
release Major
release Minor
release Patch
release Prerelease
release Metadata
release Original
release String
release IncMajor
release IncMinor
release IncPatch
release Compare release
release LessThan release
release Equal release
release SetPrerelease string
release SetMetadata string
span Hours
span Minutes
span Seconds
span String
span Milliseconds
span Round span
span Truncate span
`;

/** Every method of the fuzz. */
export const METHODS: readonly Method[] = TABLE.trim()
  .split("\n")
  .map((line) => line.split(" "))
  .map(([receiver = "", name = "", ...wants]) => ({
    receiver: receiver.startsWith(".") ? receiver : { kind: receiver as Kind },
    name,
    wants: wants as readonly Kind[],
  }));
