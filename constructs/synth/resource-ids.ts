import { TerraformResource, type TerraformStack } from "cdktf";

/** The attribute that identifies a resource of a type without `id`. */
const idAttributes: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_delivery_destination: "arn",
  aws_cloudwatch_log_delivery_source: "arn",
};

/** Every managed resource of a stack: its address and its id. */
export function resourceIds(stack: TerraformStack): Record<string, string> {
  const resources = stack.node.findAll().filter((node) => TerraformResource.isTerraformResource(node));
  return Object.fromEntries(
    resources.map((resource) => [
      `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
      resource.getStringAttribute(idAttributes[resource.terraformResourceType] ?? "id"),
    ]),
  );
}
