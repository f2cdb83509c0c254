import { lintCrds } from "./crd-rules.ts";
import { lintDependencies } from "./dependency-rules.ts";
import { createFindings } from "./message.ts";
import type { LintMessage } from "./message.ts";
import { lintMetadata } from "./metadata-rules.ts";
import type { LintSource } from "./source.ts";
import { lintTemplates } from "./template-rules.ts";
import type { TemplateRuleOptions } from "./template-rules.ts";
import { lintValues } from "./values-rules.ts";

/** What a chart is linted with. */
export type LintOptions = TemplateRuleOptions;

/**
 * Checks the folder of a chart by Helm's rules, in their order: Chart.yaml, values.yaml, templates, dependencies, CRDs. Faults of the chart are
 * findings; nothing is thrown for them.
 */
export async function lintChart(source: LintSource, options: LintOptions): Promise<readonly LintMessage[]> {
  const findings = createFindings();
  lintMetadata(source, findings);
  lintValues(source, findings, options);
  await lintTemplates(source, findings, options);
  await lintDependencies(source, findings, options.onWarning);
  await lintCrds(source, findings, options.onWarning);
  return findings.messages;
}
