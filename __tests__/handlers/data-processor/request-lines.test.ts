import { dataProcessorApi } from "../../../contracts/data-processor";
import { startDataProcessor } from "../../support/data-processor";
import { testRequestLines } from "../../support/request-lines";

testRequestLines(dataProcessorApi, startDataProcessor);
