import { BlockList, isIPv6 } from "node:net";

/** What is not the public internet: private, loopback, link-local, metadata, shared, benchmark, documentation, multicast. */
const refused: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
const refused6: readonly (readonly [string, number])[] = [
  ["::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const blocked = new BlockList();
for (const [address, bits] of refused) {
  blocked.addSubnet(address, bits, "ipv4");
  blocked.addSubnet(`::ffff:${address}`, 96 + bits, "ipv6");
  blocked.addSubnet(`64:ff9b::${address}`, 96 + bits, "ipv6");
}
for (const [address, bits] of refused6) blocked.addSubnet(address, bits, "ipv6");

/** True for an address of the public internet; IPv4 inside IPv6 (mapped, NAT64) is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  return !blocked.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
