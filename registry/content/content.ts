import type { Keeper, KeeperDeps } from "./condemned.ts";
import type { ContentCache } from "./content-cache.ts";
import type { Room } from "./usage.ts";

/** What writing content takes: the store, what keeps collection away, what keeps projects within their quotas, and what keeps small content at hand. */
export interface Content extends KeeperDeps {
  readonly keeper: Keeper;
  readonly room: Room;
  readonly cache: ContentCache;
}
