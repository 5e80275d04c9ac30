import type { ResourceType } from "./resource-type";

/** Types that know who people are: Cognito. */
export const identityTypes = {
  aws_cognito_resource_server: {
    noun: "resource server",
    of: "Cognito",
    service: "cognito-idp",
    emulated: true,
    replacing: ["identifier", "user_pool_id"],
    actions: {
      create: "CreateResourceServer",
      read: "DescribeResourceServer",
      update: "UpdateResourceServer",
      delete: "DeleteResourceServer",
    },
  },
  aws_cognito_user_pool: {
    noun: "user pool",
    of: "Cognito",
    service: "cognito-idp",
    icon: "architecture-service/AmazonCognito",
    emulated: true,
    // Tokens and keys are all that there is of it.
    notEmulated: "users and sign-in of Cognito",
    lostWithIt: "its users, who have to sign up again",
    replacing: ["alias_attributes", "username_attributes"],
    actions: {
      create: "CreateUserPool SetUserPoolMfaConfig",
      read: "DescribeUserPool GetUserPoolMfaConfig",
      update: "UpdateUserPool SetUserPoolMfaConfig AddCustomAttributes",
      tag: "TagResource UntagResource",
      delete: "DeleteUserPool",
    },
  },
  aws_cognito_user_pool_client: {
    noun: "user pool client",
    service: "cognito-idp",
    emulated: true,
    replacing: ["user_pool_id", "generate_secret"],
    actions: {
      create: "CreateUserPoolClient",
      read: "DescribeUserPoolClient",
      update: "UpdateUserPoolClient",
      delete: "DeleteUserPoolClient",
    },
  },
  aws_cognito_user_pool_domain: {
    noun: "user pool domain",
    service: "cognito-idp",
    notEmulated: "sign-in pages of Cognito",
    replacing: ["domain", "user_pool_id"],
    actions: {
      create: "CreateUserPoolDomain",
      read: "DescribeUserPoolDomain",
      update: "UpdateUserPoolDomain",
      delete: "DeleteUserPoolDomain",
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
