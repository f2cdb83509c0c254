import type { Keeper, KeeperDeps } from "./condemned.ts";
import type { Room } from "./usage.ts";

/** What writing content takes: the store, what keeps collection away, and what keeps projects within their quotas. */
export interface Content extends KeeperDeps {
  readonly keeper: Keeper;
  readonly room: Room;
}
