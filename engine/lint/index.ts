export { lintChart } from "./lint.ts";
export type { LintOptions } from "./lint.ts";
export { formatMessage } from "./message.ts";
export type { LintMessage, Severity } from "./message.ts";
export { lintSourceOf } from "./source.ts";
export type { LintEntry, LintSource } from "./source.ts";
