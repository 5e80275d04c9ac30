import { Token } from "cdktf";
import type { NetworkSettings } from "../../environments/environment";
import { oneOf, type Rule } from "../synth/validation";
import { CidrBlock } from "./cidr-block";

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((first, index) => items.slice(index + 1).map((second): [T, T] => [first, second]));
}

function subnetRules({ cidrBlock, zones }: NetworkSettings): Rule[] {
  const network = new CidrBlock(cidrBlock);
  const subnets = zones.flatMap(({ publicCidrBlock, privateCidrBlock }) => [publicCidrBlock, privateCidrBlock]);
  const blocks = subnets.map((text) => new CidrBlock(text));
  return [
    ...[network, ...blocks].map(
      (block): Rule => [
        block.isValidNetwork(),
        `CIDR blocks must be a network's first address and a prefix /16–/28 (10.0.0.0/16), got ${block.text}; correct it`,
      ],
    ),
    ...blocks.map(
      (block): Rule => [
        network.contains(block),
        `subnets must lie inside the network's ${cidrBlock}, got ${block.text}; move it inside`,
      ],
    ),
    ...pairs(blocks).map(
      ([first, second]): Rule => [
        !first.overlaps(second),
        `subnets must not overlap, got ${first.text} and ${second.text}; move one of them`,
      ],
    ),
  ];
}

/** Rules on a network's settings: those of AWS, and that functions reach the services they call. */
export function networkRules(settings: NetworkSettings, region: string): Rule[] {
  const zones = settings.zones.map(({ availabilityZone }) => availabilityZone);
  return [
    oneOf("natGateways", settings.natGateways, ["none", "single", "per-az"]),
    [zones.length >= 2, `zones must be at least 2, so that one may fail, got ${zones.length}; add a zone`],
    [
      new Set(zones).size === zones.length,
      `zones must differ, got ${zones.join(", ")}; give each pair of subnets a zone of its own`,
    ],
    ...zones.map(
      (zone): Rule => [
        Token.isUnresolved(region) || (zone.startsWith(region) && /^[a-f]$/.test(zone.slice(region.length))),
        `zones must be in ${region} (${region}a, ${region}b, …), got ${zone}; correct the zone or the region`,
      ],
    ),
    ...subnetRules(settings),
  ];
}
