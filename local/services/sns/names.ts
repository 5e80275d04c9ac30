import { arnParts } from "../../../aws/arn";
import type { Topic } from "../../read/topic-definition";
import { type Input, optionalTextIn } from "../json-protocol";
import { ServiceError } from "../service";
import { invalid } from "./publishing";
import type { Topics } from "./topics";

/** An ARN that a request has to have. @throws ServiceError in SNS's words when it has none, or something else */
export function arnIn(input: Input, member: string, ...others: readonly string[]): string {
  const arn = [member, ...others].map((name) => optionalTextIn(input, name)).find((value) => value);
  if (arn === undefined) {
    throw invalid(`${[member, ...others].join(" or ")} Reason: no value for required parameter`);
  }
  const parts = arnParts(arn).length;
  if (parts >= 6) return arn;
  throw invalid(`${member} Reason: An ARN must have at least 6 elements, not ${parts}`);
}

/** @throws ServiceError when it is not in the stacks */
export function topicNamed(topics: Topics, arn: string): Topic {
  const topic = topics.byArn(arn);
  if (!topic) throw new ServiceError("NotFound", "Topic does not exist", { status: 404 });
  return topic;
}
