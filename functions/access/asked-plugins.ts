import type { RegistryPlace } from "../../registry/projects/own-reference.ts";
import { assertAllowed, type Principal } from "./principal.ts";

/** How plugins that a request names are found and pinned. */
export interface PluginPinner<Wanted, Pinned> {
  readonly placeOf: (plugin: string) => RegistryPlace | undefined;
  readonly pin: (wanted: Wanted, signal?: AbortSignal) => Promise<Pinned>;
}

/** Pins what somebody asks for, who must be allowed to pull all of it. */
export async function pinAsked<Wanted extends { readonly plugin: string }, Pinned>(
  { placeOf, pin }: PluginPinner<Wanted, Pinned>,
  principal: Principal,
  asked: readonly Wanted[],
  signal: AbortSignal | undefined,
): Promise<readonly Pinned[]> {
  for (const { plugin } of asked) {
    const place = placeOf(plugin);
    if (place !== undefined) assertAllowed(principal, "charts:read", { ...place });
  }
  const pinned: Pinned[] = [];
  for (const wanted of asked) pinned.push(await pin(wanted, signal));
  return pinned;
}
