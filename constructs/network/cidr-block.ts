import { BlockList, isIPv4 } from "node:net";

/**
 * A range of IPv4 addresses: `10.0.0.0/16`.
 *
 * @example
 * new CidrBlock("10.0.0.0/16").contains(new CidrBlock("10.0.16.0/20")); // true
 */
export class CidrBlock {
  private readonly address: string;
  private readonly prefix: number;
  private readonly addresses = new BlockList();

  constructor(readonly text: string) {
    const [address = "", prefix = ""] = text.split("/");
    this.address = address;
    this.prefix = /^\d{1,2}$/.test(prefix) ? Number(prefix) : -1;
    if (isIPv4(address) && this.prefix >= 0 && this.prefix <= 32) this.addresses.addSubnet(address, this.prefix);
  }

  /** Whether it is a block that AWS takes for a network or subnet: /16 to /28, and its address is the first in it. */
  isValidNetwork(): boolean {
    if (!isIPv4(this.address) || this.prefix < 16 || this.prefix > 28) return false;
    const bits = this.address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
    return bits % 2 ** (32 - this.prefix) === 0;
  }

  /** Whether all of the other block lies in this one. */
  contains(other: CidrBlock): boolean {
    return this.prefix <= other.prefix && isIPv4(other.address) && this.addresses.check(other.address);
  }

  /** Whether the blocks share an address. */
  overlaps(other: CidrBlock): boolean {
    return this.contains(other) || other.contains(this);
  }
}
