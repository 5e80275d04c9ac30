import { CidrBlock } from "../../constructs/network/cidr-block";

// VPC User Guide, "VPC CIDR blocks": between /16 and /28.
test.each([
  ["10.0.0.0/16", true],
  ["10.0.0.0/28", true],
  ["10.255.255.240/28", true],
  ["192.168.128.0/17", true],
  ["255.255.255.240/28", true],
  ["10.0.0.0/15", false],
  ["10.0.0.0/29", false],
  ["10.0.0.0/1", false],
  ["10.0.0.1/16", false],
  ["10.0.0.8/28", false],
  ["10.0.1.0/16", false],
  ["10.0.128.0/16", false],
  ["10.0.0.0", false],
  ["10.0.0.0/", false],
  ["10.0.0.0/016", false],
  ["10.0.0.0/1x", false],
  ["10.0.0/16", false],
  ["10.0.0.256/16", false],
  ["::/16", false],
  ["", false],
])("whether %j is a block that AWS takes for a network: %s", (text, isValid) => {
  expect(new CidrBlock(text).isValidNetwork()).toBe(isValid);
});

test.each([
  ["10.0.0.0/16", "10.0.255.240/28", true],
  ["10.0.0.0/16", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/20", false],
  ["10.0.16.0/20", "10.0.0.0/16", false],
  ["10.0.16.0/20", "10.0.32.0/20", false],
  ["0.0.0.0/0", "203.0.113.7/32", true],
  ["203.0.113.7/32", "203.0.113.7/32", true],
  ["203.0.113.7/32", "203.0.113.6/32", false],
  ["none", "10.0.0.0/16", false],
  ["10.0.0.0/16", "none/20", false],
  ["10.0.0.0/33", "10.0.0.0/33", false],
])("whether all of %s has all of %s in it: %s", (outer, inner, isInside) => {
  expect(new CidrBlock(outer).contains(new CidrBlock(inner))).toBe(isInside);
});

test.each([
  ["10.0.0.0/16", "10.0.16.0/20", true],
  ["10.0.16.0/20", "10.0.16.0/20", true],
  ["10.0.16.0/20", "10.0.32.0/20", false],
])("whether %s and %s share an address, whichever comes first: %s", (one, other, isShared) => {
  expect(new CidrBlock(one).overlaps(new CidrBlock(other))).toBe(isShared);
  expect(new CidrBlock(other).overlaps(new CidrBlock(one))).toBe(isShared);
});
