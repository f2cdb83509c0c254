import type { Route } from "../access/route.ts";
import { PROBLEMS } from "../http/problem-table.ts";

/** A page that lists every route and every problem: plain HTML, no script, no style, nothing from elsewhere. */
export function docsPage(routes: readonly Route[], version: string): string {
  const rows = routes.map(
    ({ method, path, summary }) =>
      `<tr><td>${method}</td><td><code>${escape(path)}</code></td><td>${escape(summary)}</td></tr>`,
  );
  const problems = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      `<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Slipway ${escape(version)}</title></head>
<body>
<h1>Slipway ${escape(version)}</h1>
<p>The whole description, with every schema: <a href="/openapi.json">openapi.json</a>. The registry is at <code>/v2/</code> and <code>/helm/</code>.</p>
<h2>Routes</h2>
<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>
<h2>Problems</h2>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${problems.join("\n")}
</tbody></table>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
