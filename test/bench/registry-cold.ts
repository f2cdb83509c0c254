import type { RegistryBench } from "./registry.ts";
export async function benchColdPull(_bench: RegistryBench): Promise<void> {}
