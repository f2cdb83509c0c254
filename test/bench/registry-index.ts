import type { RegistryBench } from "./registry.ts";
import type { RegistryPeer } from "./registry-peers.ts";
export async function benchIndex(_bench: RegistryBench, _all: readonly RegistryPeer[]): Promise<void> {}
