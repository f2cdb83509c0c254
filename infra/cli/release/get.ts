import { hooksText, manifestText, notesText } from "../../../engine/report/manifest.ts";
import { metadataText } from "../../../engine/report/metadata.ts";
import { statusText } from "../../../engine/report/status.ts";
import { computedValues, getValuesText } from "../../../engine/report/values.ts";
import { print, warner } from "../command.ts";
import type { ParsedFlags } from "../flags.ts";
import { GLOBAL_FLAGS } from "../template-flags.ts";
import { OUTPUT_FLAG, REVISION_FLAG, viewOf } from "./flags.ts";
import type { ReleaseCommand, ReleaseIo } from "./io.ts";
import { withRelease } from "./reads.ts";

/** The parts of a release that `get` shows. */
export type GotPart = "all" | "hooks" | "manifest" | "metadata" | "notes" | "values";

const RUNS: Readonly<Record<GotPart, ReleaseCommand["run"]>> = {
  all: getAll,
  hooks: (flags, io) => withRelease(flags, io, async ({ release }) => print(io, hooksText(release))),
  manifest: (flags, io) => withRelease(flags, io, async ({ release }) => print(io, manifestText(release))),
  notes: (flags, io) => withRelease(flags, io, async ({ release }) => print(io, notesText(release))),
  metadata: getMetadata,
  values: getValues,
};

const FLAGS: Readonly<Record<GotPart, ReleaseCommand["flags"]>> = {
  all: [{ name: "template", kind: "string" }],
  hooks: [],
  manifest: [],
  notes: [],
  metadata: [OUTPUT_FLAG],
  values: [OUTPUT_FLAG, { name: "all", short: "a", kind: "bool" }],
};

/** `slipway get PART`. */
export function getCommand(part: GotPart): ReleaseCommand {
  return {
    use: `get ${part} RELEASE_NAME`,
    arguments: { least: 1, most: 1 },
    flags: [...GLOBAL_FLAGS, REVISION_FLAG, ...FLAGS[part]],
    run: RUNS[part],
  };
}

function getAll(flags: ParsedFlags, io: ReleaseIo): Promise<void> {
  return withRelease(flags, io, async ({ release, labels }) => {
    const template = flags.last("template") ?? "";
    if (template !== "") {
      const { releaseTemplateText } = await import("../../../engine/report/release-template.ts");
      const shown = Number(flags.last("revision") ?? 0) > 0 ? release : { ...release, labels };
      return print(io, releaseTemplateText(template, shown, { zone: viewOf(flags, io).zone, now: io.now() }));
    }
    const { zone, colors } = viewOf(flags, io);
    print(io, statusText(release, { format: "table", zone, colors, debug: true, metadata: true }));
  });
}

/** Helm compatibility: labels are all of the record's where the newest revision is asked for, and the release's own else. */
function getMetadata(flags: ParsedFlags, io: ReleaseIo): Promise<void> {
  return withRelease(flags, io, async ({ release, labels }) => {
    const isNewest = Number(flags.last("revision") ?? 0) <= 0;
    print(io, metadataText(release, isNewest ? labels : release.labels, viewOf(flags, io)));
  });
}

function getValues(flags: ParsedFlags, io: ReleaseIo): Promise<void> {
  return withRelease(flags, io, async ({ release }) => {
    const all = flags.isOn("all");
    const values = all ? computedValues(release, warner(io)) : release.config;
    print(io, getValuesText(values, viewOf(flags, io).format, all));
  });
}
