import type { ResourceType } from "./resource-type";

/** Identities and what they may do, and what is Terraform's own. */
export const accountTypes = {
  aws_iam_openid_connect_provider: {
    noun: "identity provider",
    service: "iam",
    icon: "resource/AWSIdentityAccessManagementTemporarySecurityCredential",
    notEmulated: "CI identity",
    replacing: ["url"],
    replacingIsVerified: true,
    actions: {
      create: "CreateOpenIDConnectProvider",
      read: "GetOpenIDConnectProvider",
      update:
        "UpdateOpenIDConnectProviderThumbprint AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider",
      tag: "TagOpenIDConnectProvider UntagOpenIDConnectProvider",
      delete: "DeleteOpenIDConnectProvider",
    },
  },
  aws_iam_policy: {
    noun: "policy",
    service: "iam",
    emulated: true,
    replacing: ["name", "name_prefix", "path", "description"],
    replacingIsVerified: true,
    actions: {
      create: "CreatePolicy",
      read: "GetPolicy GetPolicyVersion ListPolicyVersions",
      update: "CreatePolicyVersion DeletePolicyVersion",
      tag: "TagPolicy UntagPolicy",
      delete: "DeletePolicy DeletePolicyVersion ListPolicyVersions",
    },
  },
  aws_iam_role: {
    noun: "role",
    service: "iam",
    icon: "resource/AWSIdentityAccessManagementRole",
    emulated: true,
    replacing: ["name", "name_prefix", "path"],
    actions: {
      create: "CreateRole",
      read: "GetRole ListRolePolicies ListAttachedRolePolicies",
      update:
        "UpdateRole UpdateAssumeRolePolicy UpdateRoleDescription PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
      tag: "TagRole UntagRole",
      delete: "DeleteRole ListInstanceProfilesForRole",
    },
  },
  aws_iam_role_policy: {
    noun: "role policy",
    service: "iam",
    emulated: true,
    replacing: ["name", "name_prefix", "role"],
    replacingIsVerified: true,
    actions: {
      create: "PutRolePolicy",
      read: "GetRolePolicy",
      update: "PutRolePolicy",
      delete: "DeleteRolePolicy",
    },
  },
  aws_iam_role_policy_attachment: {
    noun: "role policy attachment",
    service: "iam",
    emulated: true,
    replacing: ["role", "policy_arn"],
    actions: {
      create: "AttachRolePolicy",
      read: "ListAttachedRolePolicies",
      delete: "DetachRolePolicy",
    },
  },
  terraform_data: {
    noun: "value",
    emulated: true,
    replacing: ["triggers_replace"],
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
