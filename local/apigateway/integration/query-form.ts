import { isObject, type JsonObject } from "../../../lib/json";

/** An operation of SQS with its input, as its JSON protocol takes it. */
export interface FormOperation {
  readonly action: string;
  readonly input: JsonObject;
}

/** Lists and maps of SQS's query protocol, whose items are numbered: what each is in JSON. */
const numbered: ReadonlyMap<string, { readonly member: string; readonly map: boolean }> = new Map(
  Object.entries({
    AttributeName: { member: "AttributeNames", map: false },
    MessageAttributeName: { member: "MessageAttributeNames", map: false },
    MessageSystemAttributeName: { member: "MessageSystemAttributeNames", map: false },
    MessageAttribute: { member: "MessageAttributes", map: true },
    MessageAttributes: { member: "MessageAttributes", map: true },
    MessageSystemAttribute: { member: "MessageSystemAttributes", map: true },
    SendMessageBatchRequestEntry: { member: "Entries", map: false },
    DeleteMessageBatchRequestEntry: { member: "Entries", map: false },
    ChangeMessageVisibilityBatchRequestEntry: { member: "Entries", map: false },
  }),
);
const wholeNumbers = new Set(["DelaySeconds", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds"]);

interface Branch {
  readonly children: Map<string, Branch>;
  value?: string;
}

const newBranch = (): Branch => ({ children: new Map() });

/** Deeper than any operation's input. */
const DEEPEST = 8;

/**
 * The operation that a form of SQS's query protocol asks for. (SQS developer guide, "Making Query API requests")
 *
 * @param queueUrl - what the path of the request names, if anything
 */
export function sqsOperation(form: URLSearchParams, queueUrl: string | undefined): FormOperation {
  const root = newBranch();
  for (const [name, value] of form) {
    const path = name.split(".", DEEPEST);
    if (name !== "Action" && name !== "Version") branchAt(root, path).value = value;
  }
  const input = membersOf(root);
  return {
    action: form.get("Action") ?? "",
    input: queueUrl === undefined || input["QueueUrl"] !== undefined ? input : { QueueUrl: queueUrl, ...input },
  };
}

function branchAt(root: Branch, path: readonly string[]): Branch {
  return path.reduce((branch, name) => {
    const known = branch.children.get(name) ?? newBranch();
    branch.children.set(name, known);
    return known;
  }, root);
}

const membersOf = ({ children }: Branch): JsonObject =>
  Object.fromEntries(
    [...children].map(([name, branch]) => {
      const list = numbered.get(name);
      if (!list) return [name, branch.children.size > 0 ? membersOf(branch) : scalar(name, branch.value ?? "")];
      const items = [...branch.children].sort(([one], [other]) => Number(one) - Number(other)).map(([, item]) => item);
      if (!list.map) return [list.member, items.map((item) => (item.children.size > 0 ? membersOf(item) : item.value))];
      return [list.member, Object.fromEntries(items.map((item) => entryOf(membersOf(item))))];
    }),
  );

const entryOf = ({ Name, Value }: JsonObject): readonly [string, unknown] => [
  String(Name),
  isObject(Value) ? Value : {},
];

const scalar = (name: string, value: string): unknown =>
  wholeNumbers.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
