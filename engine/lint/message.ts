/** How bad a finding is; the later the worse. */
export type Severity = "INFO" | "WARNING" | "ERROR";

/** A finding. */
export interface LintMessage {
  readonly severity: Severity;
  /** The file, folder or chart that it is about; empty for a chart that cannot be loaded. */
  readonly path: string;
  readonly text: string;
}

/** A finding as `helm lint` prints it. */
export function formatMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}

/** Collects findings in the order of the rules. */
export interface Findings {
  readonly messages: LintMessage[];
  /** Notes a problem, if there is one, and says whether there was none. */
  readonly check: (severity: Severity, path: string, problem: string | undefined) => boolean;
}

/** An empty collection. */
export function createFindings(): Findings {
  const messages: LintMessage[] = [];
  return {
    messages,
    check: (severity, path, problem) => {
      if (problem !== undefined) messages.push({ severity, path, text: problem });
      return problem === undefined;
    },
  };
}
