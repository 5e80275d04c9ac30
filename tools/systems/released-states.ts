import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** The states of the last release, which `.ci/terraform-upgrades` plans from, without a system's. */
export function statesWithout(packed: Uint8Array, system: string): Uint8Array {
  const states = JSON.parse(brotliDecompressSync(packed).toString()) as Record<string, unknown>;
  const isOther = ([stack]: [string, unknown]): boolean => !new RegExp(`^${system}-[a-z0-9]+$`).test(stack);
  const kept = Object.fromEntries(Object.entries(states).filter(isOther));
  return brotliCompressSync(JSON.stringify(kept), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
}
