import type { DiscoveredGroup, DiscoveredVersion, Discovery, DiscoveryData, ServerVersion } from "./discovery.ts";
import { openDiscovery } from "./discovery.ts";
import { readAggregated, readCoreVersions, readGroupList, readResourceList } from "./discovery-read.ts";
import { KubeError, isKubeError } from "./error.ts";
import { sendJson, type RestResponse } from "./rest.ts";
import type { KubeSession } from "./session.ts";
import { stringAt } from "../object/json.ts";

/** What asks for aggregated discovery, v2 first (1.30 and later), then the beta (1.26), else the plain lists. */
const AGGREGATED =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
/** The aggregated answer of a cluster with 2,000 CRDs is about 5 MB. */
const MAX_DISCOVERY_BYTES = 32 * 1024 * 1024;
/** Older servers: one request per group version; a client that sends all at once is throttled. */
const CONCURRENT_LISTS = 6;

/** Reads what a server serves: three requests, or three and one per group version before Kubernetes 1.26. */
export async function discover(session: KubeSession): Promise<Discovery> {
  const [server, core, groups] = await Promise.all([
    readServerVersion(session),
    sendJson(session, { method: "GET", path: "/api", accept: AGGREGATED, maxBytes: MAX_DISCOVERY_BYTES }),
    sendJson(session, { method: "GET", path: "/apis", accept: AGGREGATED, maxBytes: MAX_DISCOVERY_BYTES }),
  ]);
  const coreGroups = readAggregated(core.body) ?? (await listCore(session, core));
  const otherGroups = readAggregated(groups.body) ?? (await listGroups(session, groups));
  const data: DiscoveryData = { format: 1, server, groups: [...coreGroups, ...otherGroups] };
  return openDiscovery(data);
}

/**
 * `/version`: the reachability check too. Helm compatibility: client-go does not look at what the server says to credentials that it
 * does not know.
 */
export async function readServerVersion(session: KubeSession): Promise<ServerVersion> {
  const { body } = await sendJson(session, { method: "GET", path: "/version" }).catch((error: unknown) => {
    if (!isKubeError(error, "unauthorized")) throw error;
    const text = "the server has asked for the client to provide credentials";
    throw new KubeError("unauthorized", text, { status: error.status }, { cause: error });
  });
  const gitVersion = stringAt(body, "gitVersion");
  if (gitVersion === undefined) throw new KubeError("bad-response", "/version does not tell gitVersion");
  return { gitVersion, major: stringAt(body, "major") ?? "", minor: stringAt(body, "minor") ?? "" };
}

async function listCore(session: KubeSession, answer: RestResponse): Promise<readonly DiscoveredGroup[]> {
  const wanted = readCoreVersions(answer.body).map((version) => ({
    group: "",
    version,
    path: `/api/${encodeURIComponent(version)}`,
  }));
  return listVersions(session, wanted);
}

async function listGroups(session: KubeSession, answer: RestResponse): Promise<readonly DiscoveredGroup[]> {
  const wanted = readGroupList(answer.body).flatMap(({ group, versions }) =>
    versions.map((version) => ({
      group,
      version,
      path: `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`,
    })),
  );
  return listVersions(session, wanted);
}

interface WantedVersion {
  readonly group: string;
  readonly version: string;
  readonly path: string;
}

async function listVersions(
  session: KubeSession,
  wanted: readonly WantedVersion[],
): Promise<readonly DiscoveredGroup[]> {
  const groups = new Map<string, DiscoveredVersion[]>();
  for (let from = 0; from < wanted.length; from += CONCURRENT_LISTS) {
    const some = wanted.slice(from, from + CONCURRENT_LISTS);
    const read = await Promise.all(some.map((of) => listVersion(session, of)));
    for (const [i, { group }] of some.entries()) {
      const version = read[i];
      if (version !== undefined) groups.set(group, [...(groups.get(group) ?? []), version]);
    }
  }
  return [...groups].map(([group, versions]) => ({ group, versions }));
}

/** A group whose server does not answer is stale, not an error of the whole: Helm only warns, too. */
async function listVersion(session: KubeSession, wanted: WantedVersion): Promise<DiscoveredVersion> {
  try {
    const { body } = await sendJson(session, { method: "GET", path: wanted.path, maxBytes: MAX_DISCOVERY_BYTES });
    return readResourceList(wanted.version, body);
  } catch (error) {
    if (!isKubeError(error, "not-found", "not-served", "unavailable", "internal", "timeout", "forbidden")) throw error;
    return { version: wanted.version, stale: true, resources: [], otherKinds: [] };
  }
}
