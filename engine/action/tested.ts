import type { TestRequest } from "./request.ts";

/** True for a hook that a test request runs. Helm compatibility: a name that is excluded and included is excluded. */
export function isTested(request: Pick<TestRequest, "include" | "exclude">, name: string): boolean {
  if (request.exclude.includes(name)) return false;
  return request.include.length === 0 || request.include.includes(name);
}

const NOT = /^!\s?name=/;

/** The names of `--filter`. Helm compatibility: attributes other than the name are not looked at. */
export function testFilters(filters: readonly string[]): Pick<TestRequest, "include" | "exclude"> {
  return {
    include: filters.filter((text) => text.startsWith("name=")).map((text) => text.slice("name=".length)),
    exclude: filters.filter((text) => NOT.test(text)).map((text) => text.replace(NOT, "")),
  };
}
