import { itemsApi } from "../../../contracts/items";
import { startItems } from "../../support/items";
import { testRequestLines } from "../../support/request-lines";

testRequestLines(itemsApi, startItems);
