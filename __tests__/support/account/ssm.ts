import type { Account } from "./contents";
import { jsonService } from "./service";

/** Parameter Store's histories. */
export const ssm = ({ parameters }: Account) =>
  jsonService({
    GetParameterHistory: ({ Name }) => {
      const values = parameters.get(Name);
      if (!values) throw new Error("ParameterNotFound");
      return {
        Parameters: values.map(({ value, since }, index) => ({
          ...{ Name, Value: value, Version: index + 1, Type: "String" },
          LastModifiedDate: since.getTime() / 1000,
        })),
      };
    },
    PutParameter: ({ Name, Value }) => {
      const values = [...(parameters.get(Name) ?? []), { value: Value, since: new Date() }];
      parameters.set(Name, values);
      return { Version: values.length };
    },
  });
