import { beforeAll, describe, expect, test } from "vitest";
import type { Chart } from "../../../engine/chart/chart.ts";
import { crashCharts, endState, openRig, SCENES, survive } from "./crash-rig.ts";

let charts: ReadonlyMap<string, Chart>;
beforeAll(async () => {
  charts = await crashCharts();
});

describe.each(SCENES)("%s", (_, before, request) => {
  test("that dies behind any request and is taken up again ends as if nothing had happened", async () => {
    const calm = openRig(charts);
    for (const one of before) await survive(calm, one);
    calm.bench.requests.length = 0;
    calm.created.length = 0;
    const good = await survive(calm, request);
    expect(good).toMatchObject({ kind: "succeeded", deaths: 0 });
    const wanted = await endState(calm);
    const jobs = [...calm.created];
    const total = calm.bench.requests.length;
    calm.close();
    for (let at = 1; at <= total; at++) {
      const rig = openRig(charts);
      for (const one of before) await survive(rig, one);
      rig.created.length = 0;
      rig.countdown = at;
      const outcome = await survive(rig, request);
      expect(outcome, `death behind request ${at} of ${total}`).toMatchObject({ kind: "succeeded", deaths: 1 });
      expect(await endState(rig), `death behind request ${at} of ${total}`).toEqual(wanted);
      expect(rig.created, `hooks made, death behind request ${at} of ${total}`).toEqual(jobs);
      rig.close();
    }
  });

  test("whose every step is done twice ends the same", async () => {
    const once = openRig(charts);
    const twice = openRig(charts);
    for (const rig of [once, twice]) for (const one of before) await survive(rig, one);
    await once.bench.run(request);
    const driven = await twice.bench.run(request, { twice: true });
    expect(driven.outcome.kind).toBe("succeeded");
    expect(await endState(twice)).toEqual(await endState(once));
    for (const rig of [once, twice]) rig.close();
  });

  test("within the smallest budgets ends the same, and its state stays small", async () => {
    const once = openRig(charts);
    const tight = openRig(charts);
    for (const rig of [once, tight]) for (const one of before) await survive(rig, one);
    await once.bench.run(request);
    const driven = await tight.bench.run(request, { subrequests: 6 });
    expect(driven.outcome.kind).toBe("succeeded");
    expect(driven.stateBytes).toBeLessThan(64 * 1024);
    expect(await endState(tight)).toEqual(await endState(once));
    for (const rig of [once, tight]) rig.close();
  });
});
