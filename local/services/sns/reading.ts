import type { Subscription, Topic } from "../../read/topic-definition";
import { type Input, optionalTextIn } from "../json-protocol";
import { pageOf } from "../pages";
import { queryProtocol } from "../query-protocol";
import { type Operation, ServiceError } from "../service";
import type { Element } from "../xml";
import { ownerOf, subscriptionAttributes, topicAttributes } from "./attributes";
import { arnIn, topicNamed } from "./names";
import type { Topics } from "./topics";

const { success } = queryProtocol("http://sns.amazonaws.com/doc/2010-03-31/");

/** Number of topics or subscriptions in a page (SNS API reference, ListTopics, ListSubscriptions). */
const A_PAGE = 100;

type Owned = { readonly topic: Topic; readonly subscription: Subscription };

const subscriptionsOf = (topic: Topic): readonly Owned[] =>
  topic.subscriptions.map((subscription) => ({ topic, subscription }));

const listed = ({ topic, subscription: { arn, protocol, endpoint } }: Owned): Element => ({
  ...{ TopicArn: topic.arn, Protocol: protocol, SubscriptionArn: arn, Owner: ownerOf(topic.arn), Endpoint: endpoint },
});

function page<T>(all: readonly T[], input: Input, name: string, shown: (item: T) => Element): Element {
  const { items, next } = pageOf(all, A_PAGE, optionalTextIn(input, "NextToken"), "InvalidParameter");
  return { [name]: { member: items.map(shown) }, NextToken: next };
}

type Make = (topics: Topics, input: Input) => Operation;

/** What the topics of the stacks are, and who has subscribed to them. (SNS API reference, the operations' pages) */
export const readingOperations: Readonly<Record<string, Make>> = {
  ListTopics: (topics, input) => ({
    needs: [{ action: "sns:ListTopics", resource: "*" }],
    run: () =>
      success(
        "ListTopics",
        page(topics.all, input, "Topics", ({ arn }) => ({ TopicArn: arn })),
      ),
  }),
  GetTopicAttributes: (topics, input) => {
    const arn = arnIn(input, "TopicArn");
    return {
      needs: [{ action: "sns:GetTopicAttributes", resource: arn }],
      run: () => success("GetTopicAttributes", { Attributes: topicAttributes(topicNamed(topics, arn)) }),
    };
  },
  ListSubscriptions: (topics, input) => ({
    needs: [{ action: "sns:ListSubscriptions", resource: "*" }],
    run: () => success("ListSubscriptions", page(topics.all.flatMap(subscriptionsOf), input, "Subscriptions", listed)),
  }),
  ListSubscriptionsByTopic: (topics, input) => {
    const arn = arnIn(input, "TopicArn");
    return {
      needs: [{ action: "sns:ListSubscriptionsByTopic", resource: arn }],
      run: () => {
        const all = subscriptionsOf(topicNamed(topics, arn));
        return success("ListSubscriptionsByTopic", page(all, input, "Subscriptions", listed));
      },
    };
  },
  GetSubscriptionAttributes: (topics, input) => {
    const arn = arnIn(input, "SubscriptionArn");
    return {
      // The right is to no topic in particular (service authorization reference, Amazon SNS).
      needs: [{ action: "sns:GetSubscriptionAttributes", resource: "*" }],
      run: () => {
        const found = topics.all.flatMap(subscriptionsOf).find(({ subscription }) => subscription.arn === arn);
        if (!found) throw new ServiceError("NotFound", "Subscription does not exist", { status: 404 });
        const Attributes = subscriptionAttributes(found.topic, found.subscription);
        return success("GetSubscriptionAttributes", { Attributes });
      },
    };
  },
  ListTagsForResource: (topics, input) => {
    const arn = arnIn(input, "ResourceArn");
    return {
      needs: [{ action: "sns:ListTagsForResource", resource: arn }],
      run: () => {
        const topic = topics.byArn(arn);
        if (!topic) throw new ServiceError("ResourceNotFound", "Resource does not exist", { status: 404 });
        const member = Object.entries(topic.settings?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
        return success("ListTagsForResource", { Tags: { member } });
      },
    };
  },
};
