import { userDirectoryApi } from "../../../contracts/user-directory";
import { testRequestLines } from "../../support/request-lines";
import { startUserDirectory } from "../../support/user-directory";

testRequestLines(userDirectoryApi, startUserDirectory);
