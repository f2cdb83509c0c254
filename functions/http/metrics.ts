/** Counters as Prometheus reads them. */
export interface Metrics {
  readonly count: (name: MetricName, labels: Readonly<Record<string, string>>) => void;
  /** The text exposition format 0.0.4. */
  readonly render: () => string;
}

/** What is counted. */
export type MetricName =
  | "slipway_http_requests_total"
  | "slipway_operations_total"
  | "slipway_deliveries_total"
  | "slipway_upstream_answers_total";

const HELP = {
  slipway_http_requests_total: "Requests by route and status.",
  slipway_operations_total: "Operations by action and how they ended.",
  slipway_deliveries_total: "Webhook and chat deliveries by receiver kind and result.",
  slipway_upstream_answers_total: "Answers of proxy projects: hit, revalidated, miss, stale, negative, failed.",
} as const satisfies Record<MetricName, string>;

/** Label sets kept: labels are routes and closed words, never input; the bound is against a mistake of ours. */
const MAX_SERIES = 2000;

/** Counters of this process, from zero. */
export function createMetrics(): Metrics {
  const series = new Map<string, number>();
  return {
    count: (name, labels) => {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`);
      const id = `${name}{${pairs.join(",")}}`;
      const value = series.get(id);
      if (value === undefined && series.size >= MAX_SERIES) return;
      series.set(id, (value ?? 0) + 1);
    },
    render: () => render(series),
  };
}

function render(series: ReadonlyMap<string, number>): string {
  let text = "";
  for (const [name, help] of Object.entries(HELP)) {
    text += `# HELP ${name} ${help}\n# TYPE ${name} counter\n`;
    for (const [id, value] of series) {
      if (id.startsWith(`${name}{`)) text += `${id} ${value}\n`;
    }
  }
  return text;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
