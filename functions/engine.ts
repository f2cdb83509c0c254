import type { ActionState } from "../engine/action/action.ts";
import { actionFor, advance, stopAction } from "../engine/action/index.ts";
import type { ActionRequest } from "../engine/action/request.ts";
import type { Engine } from "./operations/runner.ts";

/** The real engine, as the application drives it. */
export const ENGINE: Engine & { readonly start: (request: ActionRequest) => ActionState } = {
  start: (request) => actionFor(request).start(request),
  advance,
  stop: stopAction,
};
