import { apiGatewayLimits } from "../../../aws/limits";
import { only, type StageResource } from "../../read/gateway-resources";
import { DefinitionError } from "../definition/definition-error";
import { compileSubstitution, type Substitution } from "../mapping-template/substitution";

/** Compiles the stage's own access log format; what is missing is written as `-`. Undefined without a format. */
export function compileAccessLog(stage: StageResource): Substitution | undefined {
  const settings = only(stage.access_log_settings);
  if (!settings) return undefined;
  const { format } = settings;
  const place = `aws_api_gateway_stage ${stage.stage_name}: access_log_settings.format`;
  if (!format) throw new DefinitionError(place, "Access Log value must not be empty");
  if (Buffer.byteLength(format) > apiGatewayLimits.accessLogFormatBytes)
    throw new DefinitionError(place, "must be at most 3 KB");
  if (!/\$context\.(requestId|extendedRequestId)\b/.test(format)) {
    throw new DefinitionError(place, "must contain at least $context.requestId or $context.extendedRequestId");
  }
  return compileSubstitution(format, { escaped: true, missing: "-" });
}
