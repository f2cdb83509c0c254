import { describe, expect, it } from "vitest";
import { hmacSha256, toBytes, toHex } from "../../functions/http/digest.ts";
import { parseCommand } from "../../functions/chat/command.ts";
import { installedRelease, record } from "../support/release-record.ts";
import { managedRefusal, type ManagedObject } from "../../engine/plan/managed.ts";
import { CONFIG, createTestApp, digestOf, failed, SLACK_SECRET, type TestApp } from "./harness.ts";

const MANAGED: ManagedObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "default",
  name: "web",
  owner: { tool: "argocd-application", name: "store", evidence: "label x" },
};

interface Sent {
  readonly text: string;
  readonly user?: string;
  readonly team?: string;
  readonly secret?: string;
  readonly age?: number;
  readonly url?: string;
}

async function slash(test: TestApp, { text, user = "U1", team = "T1", secret = SLACK_SECRET, age = 0, url }: Sent) {
  const body = new URLSearchParams({
    command: "/slipway",
    text,
    user_id: user,
    team_id: team,
    trigger_id: `t-${text}`,
    response_url: url ?? "https://hooks.slack.com/commands/1",
  }).toString();
  const time = String(Math.floor(test.time.now / 1000) - age);
  const signature = `v0=${toHex(await hmacSha256(toBytes(secret), toBytes(`v0:${time}:${body}`)))}`;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": time,
    "x-slack-signature": signature,
  };
  return await test.call("POST", "/chat/slack/command", { token: "", body, headers });
}

const said = (test: TestApp) => test.egress.map((entry) => JSON.parse(entry.body).text as string);

describe("the slash command", () => {
  it("answers before anything is done, then starts the upgrade and tells how it ended", async () => {
    const test = await createTestApp();
    const response = await slash(test, { text: "upgrade web --version 1.0.0" });
    expect(test.requests).toEqual([]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      response_type: "in_channel",
      text: "<@U1> starts an upgrade of *web* in default on local …",
    });
    await test.settle();
    expect(test.requests[0]).toMatchObject({ action: "upgrade", install: false, chart: { digest: digestOf("1.0.0") } });
    expect(said(test).at(-1)).toBe("The upgrade of *web* to web 1.0.0 succeeded. To undo: `helm rollback web 1`");
    expect(new Set(test.egress.map((entry) => entry.url))).toEqual(new Set(["https://hooks.slack.com/commands/1"]));
  });

  it.each([
    ["neither the command nor the configuration says so", "upgrade web", {}, false],
    ["the command says so", "upgrade web --alongside", {}, true],
    ["the configuration says so", "upgrade web", { alongside: true }, true],
  ])("goes on beside GitOps tools only where it is asked to: %s", async (_what, text, over, alongside) => {
    const { slack } = CONFIG.chat;
    const deploy = slack.deploy.map((one) => ({ ...one, ...over }));
    const test = await createTestApp({ config: { ...CONFIG, chat: { slack: { ...slack, deploy } } } });
    await slash(test, { text });
    await test.settle();
    expect(test.requests[0]).toMatchObject({ action: "upgrade", alongside });
  });

  it("tells how to go on where a GitOps tool stands in the way", async () => {
    const test = await createTestApp();
    const { message } = managedRefusal("web", [MANAGED]);
    test.behave = () => failed("managed-by-gitops", message);
    await slash(test, { text: "upgrade web" });
    await test.settle();
    expect(said(test).at(-1)).toContain("--alongside");
  });

  it("tells a failure", async () => {
    const test = await createTestApp();
    test.behave = () => failed("conflict", "conflict with <kubectl>");
    await slash(test, { text: "upgrade web" });
    await test.settle();
    expect(said(test).at(-1)).toBe("The upgrade of *web* to web 1.2.0 failed: conflict with &lt;kubectl&gt;");
  });

  it("tells a status", async () => {
    const test = await createTestApp();
    await record(test.cluster, installedRelease());
    expect(await (await slash(test, { text: "status web -n default" })).json()).toMatchObject({
      response_type: "ephemeral",
    });
    await test.settle();
    expect(said(test)).toEqual(["*web* revision 1 is *deployed*: web-1.2.0, Install complete (2026-11-20T10:00:00Z)"]);
  });

  it.each([
    ["upgrade web --version 2.0.0", "U1", "Not started: 2.0.0 is outside of ^1.0.0, which the configuration allows."],
    ["upgrade web --version 9.9.9", "U1", /^That did not work: /],
    [
      "upgrade web",
      "U2",
      "That did not work: chat:slack/U2 has no grant of releases:upgrade on cluster local, namespace default, release web",
    ],
    ["status web", "U1", "That did not work: release: not found"],
  ])("%s by %s is refused behind the answer", async (text, user, reason) => {
    const test = await createTestApp();
    await slash(test, { text, user });
    await test.settle();
    expect(said(test).at(-1)).toEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
    expect(test.requests).toEqual([]);
  });

  it.each([
    [{ text: "upgrade other" }, "No release other is configured for chat."],
    [{ text: "upgrade web -n prod" }, "No release web is configured for chat."],
    [{ text: "upgrade web", user: "U9" }, /You are not known here/],
    [{ text: "upgrade web", team: "T9" }, "This workspace may not give commands here."],
    [{ text: "delete <web>" }, /there is no command delete/],
    [{ text: "" }, /^Usage/],
  ])("%j is refused at once", async (sent, text) => {
    const test = await createTestApp();
    const answer = await (await slash(test, sent)).json();
    expect(answer).toEqual({
      response_type: "ephemeral",
      text: typeof text === "string" ? text : expect.stringMatching(text),
    });
    await test.settle();
    expect(test.egress).toEqual([]);
  });

  it.each([
    ["a wrong secret", { secret: "guess" }],
    ["an old time", { age: 301 }],
    ["a time to come", { age: -301 }],
  ])("with %s is refused", async (_what, over) => {
    const test = await createTestApp();
    const response = await slash(test, { text: "upgrade web", ...over });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "invalid-signature" });
  });

  it("answers Slack's certificate check", async () => {
    const test = await createTestApp();
    const body = "ssl_check=1";
    const time = String(test.time.now / 1000);
    const signature = `v0=${toHex(await hmacSha256(toBytes(SLACK_SECRET), toBytes(`v0:${time}:${body}`)))}`;
    const headers = { "x-slack-request-timestamp": time, "x-slack-signature": signature };
    expect((await test.call("POST", "/chat/slack/command", { token: "", body, headers })).status).toBe(200);
  });
});

describe("a command", () => {
  it.each([
    ["upgrade web", { kind: "upgrade", release: "web" }],
    ["  upgrade   web  --version=1.4 -n prod ", { kind: "upgrade", release: "web", version: "1.4", namespace: "prod" }],
    ["upgrade --alongside web", { kind: "upgrade", release: "web", alongside: true }],
    ["upgrade web --alongside=no", { kind: "help", fault: "--alongside=no means nothing here" }],
    ["status web --namespace prod", { kind: "status", release: "web", namespace: "prod" }],
    ["status", { kind: "help", fault: "status needs the name of a release" }],
    ["upgrade web --version", { kind: "help", fault: "--version needs a value" }],
    ["upgrade web --force", { kind: "help", fault: "--force means nothing here" }],
    ["upgrade web extra", { kind: "help", fault: "extra means nothing here" }],
    ["help", { kind: "help" }],
  ])("%j is %j", (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });
});
