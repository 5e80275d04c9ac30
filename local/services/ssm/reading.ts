import { parameterArn } from "../../../aws/arn";
import { type Input, jsonProtocol, optionalTextIn, textIn } from "../json-protocol";
import { viaService } from "../key-use";
import { pageOf } from "../pages";
import type { Need, Operation, ServiceRequest } from "../service";
import { type Asked, askedFor, constraint, invalid, named, namesIn, notFound, noVersion } from "./names";
import { type Parameters, selected } from "./parameters";
import { described, detailsOf, latestOf, type Version, type Versioned } from "./version";

const { success } = jsonProtocol("1.1");

/** One version of a parameter. */
interface Read {
  readonly parameter: Versioned;
  readonly version: Version;
}

/** The rights to the keys that what is read is encrypted with. */
function decryptNeeds(reads: readonly Read[], decrypt: boolean): Need[] {
  if (!decrypt) return [];
  return reads.flatMap(({ parameter: { arn }, version: { keyArn } }) =>
    keyArn ? [viaService("ssm", { action: "kms:Decrypt", keyArn, context: { PARAMETER_ARN: arn } })] : [],
  );
}

/** Number of parameters in a page: the default, or what is requested up to that. */
function mostIn(input: Input, most: number): number {
  const asked = input["MaxResults"] ?? most;
  if (typeof asked === "number" && Number.isInteger(asked) && asked >= 1 && asked <= most) return asked;
  throw constraint("maxResults", `Member must have value between 1 and ${most}`);
}

const pageIn = <T>(all: readonly T[], input: Input, most: number) =>
  pageOf(all, mostIn(input, most), optionalTextIn(input, "NextToken"), "InvalidNextToken");

/** Names without a slash lie in the topmost folder. */
const isBelow = (name: string, folder: string): boolean =>
  name.startsWith(folder) || (folder === "/" && !name.includes("/"));

/** The parameters below a path, in its hierarchy (Systems Manager API reference, GetParametersByPath). */
export function byPath(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const path = textIn(input, "Path");
  if (!path.startsWith("/")) throw invalid("The parameter path must begin with a forward slash (/).");
  const [decrypt, recursive] = [input["WithDecryption"] === true, input["Recursive"] === true];
  const folder = path.endsWith("/") ? path : `${path}/`;
  const found = parameters.all.filter(
    ({ name }) => isBelow(name, folder) && (recursive || !name.slice(folder.length).includes("/")),
  );
  const reads = found.map((parameter) => ({ parameter, version: latestOf(parameter) }));
  const { items, next } = pageIn(reads, input, 10);
  const read = { action: "ssm:GetParametersByPath", resource: parameterArn(folder.slice(0, -1), request.caller) };
  return {
    needs: [{ ...read, contextKeys: { "ssm:recursive": String(recursive) } }, ...decryptNeeds(items, decrypt)],
    run: () => {
      const Parameters = items.map(({ parameter, version }) => described(parameter, version, decrypt));
      return success({ Parameters, ...(next ? { NextToken: next } : {}) });
    },
  };
}

/** Everything but the values (Systems Manager API reference, DescribeParameters). */
export function describe(parameters: Parameters, input: Input): Operation {
  const { items, next } = pageIn(parameters.all, input, 50);
  const shown = items.map((parameter) => {
    const version = latestOf(parameter);
    const { Value: _, ...rest } = described(parameter, version, false);
    return { ...rest, ...detailsOf(version) };
  });
  return {
    needs: [{ action: "ssm:DescribeParameters", resource: "*" }],
    run: () => success({ Parameters: shown, ...(next ? { NextToken: next } : {}) }),
  };
}

/** The parameters of one or several names (Systems Manager API reference, GetParameter, GetParameters). */
export function get(parameters: Parameters, request: ServiceRequest, input: Input, operation: string): Operation {
  const decrypt = input["WithDecryption"] === true;
  const all = namesIn(input, operation === "GetParameters" ? "Names" : "Name").map((name) => {
    const asked = askedFor(name, request);
    const parameter = named(parameters, asked);
    const version = parameter && selected(parameter, asked.selector);
    return { asked, known: parameter !== undefined, read: parameter && version && { parameter, version } };
  });
  const reads = all.map(({ asked: { arn } }) => ({ action: `ssm:${operation}`, resource: arn }));
  const found = all.flatMap(({ asked, read }) => (read ? [{ ...read, selector: asked.selector }] : []));
  return {
    needs: [...reads, ...decryptNeeds(found, decrypt)],
    run: () => {
      const Parameters = found.map(({ parameter, version, selector }) => ({
        ...described(parameter, version, decrypt),
        ...(selector === undefined ? {} : { Selector: `:${selector}` }),
      }));
      if (operation === "GetParameters") {
        return success({
          Parameters,
          InvalidParameters: all.filter(({ read }) => !read).map(({ asked }) => asked.given),
        });
      }
      if (Parameters[0]) return success({ Parameter: Parameters[0] });
      throw all[0]?.known ? noVersion(all[0].asked) : notFound();
    },
  };
}

/** All versions of a parameter (Systems Manager API reference, GetParameterHistory). */
export function history(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const decrypt = input["WithDecryption"] === true;
  const asked: Asked = askedFor(textIn(input, "Name"), request);
  const parameter = asked.selector === undefined ? named(parameters, asked) : undefined;
  const reads = parameter ? parameter.versions.map((version) => ({ parameter, version })) : [];
  const { items, next } = pageIn(reads, input, 50);
  return {
    needs: [{ action: "ssm:GetParameterHistory", resource: asked.arn }, ...decryptNeeds(items, decrypt)],
    run: () => {
      if (!parameter) throw notFound();
      const shown = items.map(({ version }) => {
        const { ARN: _, ...rest } = described(parameter, version, decrypt);
        return { ...rest, Labels: version.labels, ...detailsOf(version) };
      });
      return success({ Parameters: shown, ...(next ? { NextToken: next } : {}) });
    },
  };
}
