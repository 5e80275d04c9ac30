import { dataProcessorApi } from "../../contracts/data-processor";
import { publishFailure } from "../runtime/failure-topic";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { processItem } from "./process-item";
import { batchSize, readKey } from "./settings";

/** `POST /data` */
export const handler = handle(
  dataProcessorApi.routes.processData,
  async ({ body: { data } }) => {
    const key = await readKey();
    const processed = data.slice(0, batchSize).map((item) => processItem(item, key));
    count("ItemsReceived", data.length);
    count("ItemsProcessed", processed.length);
    return { itemsReceived: data.length, itemsProcessed: processed.length, processed };
  },
  { onFailure: publishFailure },
);
