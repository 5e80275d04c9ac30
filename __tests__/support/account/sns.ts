import type { Account } from "./contents";
import type { Service } from "./service";

/** SNS's subscriptions. */
export const sns =
  ({ subscriptions }: Account): Service =>
  ({ body, region }) => {
    if (new URLSearchParams(body.toString()).get("Action") !== "ListSubscriptions") return { status: 400 };
    const members = (region === "us-east-1" ? subscriptions : [])
      .map(
        ({ topic, endpoint, arn = "PendingConfirmation" }) =>
          `<member><TopicArn>${topic}</TopicArn><Protocol>email</Protocol><Endpoint>${endpoint}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn><Owner>000000000000</Owner></member>`,
      )
      .join("");
    const result = `<ListSubscriptionsResult><Subscriptions>${members}</Subscriptions></ListSubscriptionsResult>`;
    return { body: `<ListSubscriptionsResponse>${result}</ListSubscriptionsResponse>` };
  };
