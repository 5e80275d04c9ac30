import type { Account } from "./contents";
import { type Input, jsonService } from "./service";

/** CloudWatch's metrics. */
export const cloudWatch = ({ datapoints }: Account) =>
  jsonService({
    GetMetricStatistics: ({ MetricName, Dimensions, StartTime, EndTime, Statistics }, { region }) => {
      const isIn = (time: string) => StartTime * 1000 <= Date.parse(time) && Date.parse(time) < EndTime * 1000;
      const found = datapoints.filter(
        ({ metric, dimension, time }) =>
          region === "us-east-1" &&
          metric === MetricName &&
          Dimensions.some(({ Name, Value }: Input) => `${Name}=${Value}` === dimension) &&
          isIn(time),
      );
      const points = found.map(({ time, value }) => ({
        ...{ Timestamp: Date.parse(time) / 1000, Unit: "Count" },
        [Statistics[0]]: value,
      }));
      return { Label: MetricName, Datapoints: points };
    },
  });
