import type { AssessmentPage, Finding, FindingObject, ReleaseAssessment } from "../../engine/assess/finding.ts";
import { html, type Html } from "./html.ts";

/** What the page shows, and the filters that it was asked with. */
export interface AssessmentView {
  readonly cluster: string;
  readonly title: string;
  /** Clusters that the caller may see. */
  readonly clusters: readonly string[];
  readonly namespace: string;
  readonly release: string;
  readonly page: AssessmentPage;
}

/** Objects of a finding that are shown; the JSON answer has all. */
const MAX_OBJECTS = 50;
const VERDICTS = { blocked: "blocked", attention: "look", ready: "ready" } as const;
const GENERATIONS = { helm3: "Helm 3", helm4: "Helm 4", unknown: "unknown" } as const;

/** A page of an assessment: no script, nothing from elsewhere. */
export function assessmentPage(view: AssessmentView): string {
  const { title, page } = view;
  const { html: text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Assessment of ${title} – Slipway</title>
        <link rel="stylesheet" href="/console/style.css" />
      </head>
      <body>
        <a class="skip" href="#releases">Skip to the releases</a>
        <header>
          <h1>Assessment of ${title}</h1>
          <p class="soft">
            What moving the releases to Slipway and to server-side apply would meet. Found by reads and dry runs;
            nothing was changed.
          </p>
          ${clusterLinks(view)} ${filters(view)}
        </header>
        <main>
          ${unreadPart(page)} ${page.items.length === 0 ? html`<p>There are no releases here.</p>` : table(page.items)}
          ${more(view)} ${page.items.map(releasePart)}
        </main>
      </body>
    </html> `;
  return text;
}

function clusterLinks({ clusters, cluster }: AssessmentView): Html {
  if (clusters.length < 2) return html``;
  const links = clusters.map((name) =>
    name === cluster
      ? html`<li aria-current="page">${name}</li>`
      : html`<li><a href="${address({ cluster: name })}">${name}</a></li>`,
  );
  return html`<nav aria-label="Clusters">
    <ul>
      ${links}
    </ul>
  </nav>`;
}

function filters({ cluster, namespace, release }: AssessmentView): Html {
  return html`<form method="get" action="/console/assessment">
    <input type="hidden" name="cluster" value="${cluster}" />
    <label>Namespace <input name="namespace" value="${namespace}" maxlength="63" /></label>
    <label>Release <input name="release" value="${release}" maxlength="53" /></label>
    <button>Show</button>
  </form>`;
}

function unreadPart({ unread }: AssessmentPage): Html {
  if (unread.length === 0) return html``;
  const items = unread.map(({ what, why }) => html`<li>${what}: ${why}</li>`);
  return html`<section aria-labelledby="unread">
    <h2 id="unread">Not read</h2>
    <ul>
      ${items}
    </ul>
  </section>`;
}

function table(items: readonly ReleaseAssessment[]): Html {
  const rows = items.map(
    (item) =>
      html`<tr>
        <th scope="row"><a href="#${anchor(item)}">${item.namespace}/${item.name}</a></th>
        <td>${GENERATIONS[item.generation]}</td>
        <td>${item.applyMethod}</td>
        <td>${item.status}</td>
        <td>${item.chart}</td>
        <td class="number">${item.objects.total}</td>
        <td class="number">${item.findings.length}</td>
        <td class="${item.verdict}">${VERDICTS[item.verdict]}</td>
      </tr> `,
  );
  return html`<div class="wide" role="region" aria-label="Releases" tabindex="0">
    <table id="releases">
      <caption>
        ${summaryOf(items)}
      </caption>
      <thead>
        <tr>
          <th scope="col">Release</th>
          <th scope="col">Made by</th>
          <th scope="col">Apply</th>
          <th scope="col">Status</th>
          <th scope="col">Chart</th>
          <th scope="col">Objects</th>
          <th scope="col">Findings</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function summaryOf(items: readonly ReleaseAssessment[]): string {
  const count = (verdict: ReleaseAssessment["verdict"]): number =>
    items.filter((one) => one.verdict === verdict).length;
  return `${count("blocked")} blocked, ${count("attention")} to look at, ${count("ready")} ready`;
}

function releasePart(item: ReleaseAssessment): Html {
  const { from, to, total } = item.objects;
  const part =
    from === 0 && to === total ? html`` : html` <span class="soft">objects ${from + 1} to ${to} of ${total}</span>`;
  const findings =
    item.findings.length === 0 ? html`<p>Nothing was found.</p>` : html`${item.findings.map(findingPart)}`;
  return html`<section aria-labelledby="${anchor(item)}">
    <h2 id="${anchor(item)}">
      ${item.namespace}/${item.name} <span class="${item.verdict}">${VERDICTS[item.verdict]}</span>${part}
    </h2>
    <p class="soft">${item.chart}, revision ${item.revision}</p>
    ${findings}
  </section> `;
}

function findingPart({ code, severity, message, objects, todo }: Finding): Html {
  const shown = objects.slice(0, MAX_OBJECTS).map((one) => html`<li>${objectPart(one)}</li>`);
  const left = objects.length - shown.length;
  const rest = left > 0 ? html`<li>and ${left} more</li>` : html``;
  return html`<article>
<h3><span class="${severity}">${severity}</span> <code>${code}</code>: ${message}</h3>
${
  objects.length === 0
    ? html``
    : html`<ul>
        ${shown}${rest}
      </ul>`
}
<details${severity === "blocker" ? html` open` : html``}><summary>What to do</summary><ol>${todo.map((one) => html`<li>${one}</li>`)}</ol></details>
</article>
`;
}

function objectPart({ kind, namespace, name, field, manager, detail }: FindingObject): Html {
  const owned = field === undefined ? html`` : html`: <code>${field}</code> is owned by “${manager}”`;
  const told = detail === undefined ? html`` : html` <span class="soft">${detail}</span>`;
  return html`${kind} ${namespace === "" ? "" : `${namespace}/`}${name}${owned}${told}`;
}

function anchor(item: ReleaseAssessment): string {
  return `release-${item.namespace}-${item.name}-${item.objects.from}`;
}

function more({ cluster, namespace, release, page }: AssessmentView): Html {
  if (page.next === undefined) return html``;
  return html`<p>
    <a rel="next" href="${address({ cluster, namespace, release, after: page.next })}">The next releases</a>
  </p>`;
}

function address(query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  return `/console/assessment?${new URLSearchParams(given).toString()}`;
}
