import * as z from "zod";
import { defineRoute, NOTHING, type Route } from "../access/route.ts";
import type { Secrets } from "../config/secret.ts";
import { jsonResponse } from "../http/answer.ts";
import { MAX_HOOK_BYTES } from "../http/limits.ts";
import { verifySlack } from "../http/signature.ts";
import { answerCommand, type SlackDeps } from "./slack.ts";

/** The slash command of Slack. */
export function slackRoutes(deps: SlackDeps & { readonly secrets: Secrets }): readonly Route[] {
  return [
    defineRoute({
      id: "slackCommand",
      method: "POST",
      path: "/chat/slack/command",
      tag: "chat",
      summary: "The slash command /slipway of Slack; answers within three seconds and follows up",
      access: "signed",
      bodyLimit: MAX_HOOK_BYTES,
      bodyType: "application/x-www-form-urlencoded",
      body: NOTHING,
      query: NOTHING,
      answers: {
        200: {
          description: "What Slack shows at once",
          schema: z.object({ response_type: z.enum(["ephemeral", "in_channel"]), text: z.string() }),
        },
      },
      problems: ["invalid-signature", "payload-too-large"],
      handle: async ({ request, bytes, requestId }) => {
        const secret = deps.secrets.reveal(deps.slack.signingSecret);
        await verifySlack(request.headers, bytes, { secret, now: deps.clock.now() });
        const form = new URLSearchParams(new TextDecoder().decode(bytes));
        if (form.get("ssl_check") === "1") return jsonResponse({});
        const message = answerCommand(deps, {
          team: form.get("team_id") ?? "",
          user: form.get("user_id") ?? "",
          text: form.get("text") ?? "",
          responseUrl: form.get("response_url") ?? "",
          trigger: form.get("trigger_id") ?? requestId,
          requestId,
        });
        return jsonResponse({ ...message });
      },
    }),
  ];
}
