import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { type AllowStatement, inOrder, policyDocument, type Statement, trustPolicy } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";

export interface FunctionRoleProps {
  readonly functionArn: string;
  readonly logGroupArn: string;
  readonly inNetwork: boolean;
}

/** Actions by which Lambda manages a function's network interfaces in a VPC. */
const networkInterfaceActions = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * A function's role: its own log group, its traces, its network interfaces, and what is granted to it.
 *
 * @example
 * const { unqualifiedArn, logGroup } = getThing;
 * new FunctionRole(this, "role", { functionArn: unqualifiedArn, logGroupArn: logGroup.arn, inNetwork: true });
 */
export class FunctionRole extends Construct {
  readonly role: IamRole;
  readonly policy: IamRolePolicy;
  private readonly granted: AllowStatement[] = [];

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    const { functionArn, logGroupArn, inNetwork } = props;
    this.role = new IamRole(this, "Default", {
      name: StackContext.of(this).nameOf(scope),
      assumeRolePolicy: trustPolicy("lambda.amazonaws.com"),
    });
    const own: Statement[] = [
      // No CreateLogGroup: a late invocation would bring the group back while the stack is being destroyed.
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logGroupArn}:*`] },
      // X-Ray has no resources.
      { actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] },
      ...(inNetwork ? networkStatements(functionArn) : []),
    ];
    this.policy = new IamRolePolicy(this, "policy", {
      role: this.role.name,
      policy: Lazy.stringValue({
        produce: (context) => policyDocument([...own, ...inOrder(context.resolve(this.granted))]),
      }),
    });
  }

  /** Adds to what the function may do. */
  allow(statement: AllowStatement): void {
    this.granted.push(statement);
  }
}

function networkStatements(functionArn: string): Statement[] {
  return [
    // Interfaces have no ids before they are made, and describing knows no resources.
    { actions: networkInterfaceActions, resources: ["*"] },
    // Lambda needs these, the function's code does not.
    {
      effect: "Deny",
      actions: networkInterfaceActions,
      resources: ["*"],
      conditions: { ArnLike: { "lambda:SourceFunctionArn": [functionArn, `${functionArn}:*`] } },
    },
  ];
}
