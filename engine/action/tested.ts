import type { TestRequest } from "./request.ts";

/** True for a hook that a test request runs. Helm compatibility: a name that is excluded and included is excluded. */
export function isTested(request: Pick<TestRequest, "include" | "exclude">, name: string): boolean {
  if (request.exclude.includes(name)) return false;
  return request.include.length === 0 || request.include.includes(name);
}
