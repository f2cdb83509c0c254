import type { Config } from "../../functions/config/config.ts";
import { parseDuration } from "../../functions/http/duration.ts";

/** When the registry is collected, in milliseconds. */
export interface CollectionTimes {
  /** From one collection to the next; from a deletion to the end of its content it takes two. */
  readonly every: number;
  /** How long unused content stays. */
  readonly grace: number;
}

/** The times of a configuration. */
export function collectionTimes({ collection }: Pick<Config, "collection">): CollectionTimes {
  return { every: required(collection.every), grace: required(collection.grace) };
}

function required(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new Error(`not a duration: ${text}`);
  return milliseconds;
}
