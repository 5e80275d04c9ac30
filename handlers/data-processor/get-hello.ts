import { dataProcessorApi } from "../../contracts/data-processor";
import { handle } from "../runtime/handle";
import { environment } from "../runtime/telemetry";

/** `GET /hello` */
export const handler = handle(dataProcessorApi.routes.getHello, async ({ requestId }) => ({
  message: "Hello from the data processor",
  environment,
  requestId,
}));
