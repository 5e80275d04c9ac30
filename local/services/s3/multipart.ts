import { bucketArn, objectArn } from "../../../aws/arn";
import { s3Limits } from "../../../aws/limits";
import { type Need, notEmulated, type Operation, ServiceError, type ServiceRequest } from "../service";
import { uploaded } from "./body";
import { verify } from "./checksums";
import { checkAcl, putNeeds, refuseLarge, storedHeaders, writeCondition } from "./putting";
import { said } from "./rules";
import { answerWith, common, keyNeeds, newVersionHeaders, type Target } from "./target";
import { etagOf, type Part, type Upload } from "./uploads";

const invalid = (code: string, message: string, members: Record<string, string> = {}) =>
  new ServiceError(code, message, { members });

/** @throws ServiceError where there is no such upload for the key */
async function uploadIn({ query }: ServiceRequest, { key, uploads }: Target): Promise<Upload> {
  const id = query.get("uploadId") ?? "";
  const upload = await uploads.find(id, key);
  if (upload) return upload;
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new ServiceError("NoSuchUpload", message, { status: 404, members: { UploadId: id } });
}

/** The rights for each step: what is put in parts is also read again (S3 User Guide, "Multipart upload API and permissions"). */
const partNeeds = (request: ServiceRequest, target: Target, creates = false): Need[] => [
  ...putNeeds(request, target, creates),
  ...keyNeeds(target, "kms:Decrypt"),
];

/** `CreateMultipartUpload`. */
const create = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target),
  run: async () => {
    checkAcl(request);
    const { bucket: Bucket, key: Key, uploads } = target;
    const UploadId = await uploads.create(Key, storedHeaders(request));
    return answerWith("InitiateMultipartUploadResult", { Bucket, Key, UploadId });
  },
});

function partNumberOf({ query }: ServiceRequest): number {
  const text = query.get("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= s3Limits.parts) return number;
  throw invalid("InvalidArgument", `Part number must be an integer between 1 and ${s3Limits.parts}, inclusive`, {
    ArgumentName: "partNumber",
    ArgumentValue: text,
  });
}

/** `UploadPart`. */
const putPart = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target),
  run: async () => {
    const number = partNumberOf(request);
    const upload = await uploadIn(request, target);
    const { body, trailers } = uploaded(request);
    refuseLarge(body.length);
    verify(body, { ...said(request), ...trailers });
    return { status: 200, headers: { ...common(), ETag: await target.uploads.putPart(upload, number, body) } };
  },
});

interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

const textIn = (name: string, element: string): string => {
  const [, text = ""] = new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(element) ?? [];
  return text.replace(/&quot;|&#34;|"/g, "");
};

/** The parts that a body lists. @throws ServiceError unless they are in ascending order, at least one */
function partsIn({ body }: ServiceRequest): readonly NamedPart[] {
  const elements = [...body.toString("utf8").matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, inside = ""]) => inside);
  const parts = elements.map((element) => ({
    number: Number(textIn("PartNumber", element)),
    etag: textIn("ETag", element),
  }));
  if (parts.length === 0 || parts.some(({ number, etag }) => !Number.isInteger(number) || number < 1 || etag === "")) {
    throw invalid(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  if (parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? 0))) {
    throw invalid(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  return parts;
}

/** @throws ServiceError where one is not there as it is named, or too small to be in the middle */
function chosen(named: readonly NamedPart[], there: readonly Part[], upload: Upload): readonly Part[] {
  return named.map(({ number, etag }, index) => {
    const part = there.find((candidate) => candidate.number === number && candidate.etag === `"${etag}"`);
    if (!part) {
      const message =
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw invalid("InvalidPart", message, { UploadId: upload.id, PartNumber: String(number), ETag: etag });
    }
    if (index < named.length - 1 && part.size < s3Limits.smallestPartBytes) {
      throw invalid("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(s3Limits.smallestPartBytes),
        PartNumber: String(number),
        ETag: etag,
      });
    }
    return part;
  });
}

/** `CompleteMultipartUpload`. */
const complete = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target, true),
  run: async () => {
    const { bucket: Bucket, key: Key, files, uploads } = target;
    const upload = await uploadIn(request, target);
    const parts = chosen(partsIn(request), await uploads.parts(upload), upload);
    refuseLarge(parts.reduce((sum, { size }) => sum + size, 0));
    const body = await uploads.bytes(upload, parts);
    const { headers } = upload;
    const head = await files.put(Key, { body, headers, etag: etagOf(parts), ...writeCondition(request, target) });
    await uploads.delete(upload);
    const Location = `https://${Bucket}.s3.amazonaws.com/${encodeURIComponent(Key)}`;
    const answer = answerWith("CompleteMultipartUploadResult", { Location, Bucket, Key, ETag: head.etag });
    return { ...answer, headers: { ...answer.headers, ...newVersionHeaders(target, head) } };
  },
});

/** `AbortMultipartUpload`. */
const abort = (request: ServiceRequest, target: Target): Operation => ({
  needs: [{ action: "s3:AbortMultipartUpload", resource: objectArn(target.bucket, target.key) }],
  run: async () => {
    await target.uploads.delete(await uploadIn(request, target));
    return { status: 204, headers: common() };
  },
});

/** `ListParts`, all of them at once. */
const listParts = (request: ServiceRequest, target: Target): Operation => ({
  needs: [{ action: "s3:ListMultipartUploadParts", resource: objectArn(target.bucket, target.key) }],
  run: async () => {
    const upload = await uploadIn(request, target);
    const Part = (await target.uploads.parts(upload)).map(({ number, etag, size, lastModified }) => ({
      PartNumber: number,
      LastModified: lastModified,
      ETag: etag,
      Size: size,
    }));
    const { bucket: Bucket, key: Key } = target;
    const page = { MaxParts: s3Limits.parts, IsTruncated: false };
    return answerWith("ListPartsResult", { Bucket, Key, UploadId: upload.id, StorageClass: "STANDARD", ...page, Part });
  },
});

/** `ListMultipartUploads`, all of them at once. */
export const listUploads = ({ query }: ServiceRequest, { bucket, uploads }: Target): Operation => ({
  needs: [{ action: "s3:ListBucketMultipartUploads", resource: bucketArn(bucket) }],
  run: async () => {
    const all = await uploads.list(query.get("prefix") ?? "");
    const Upload = all.map(({ key, id, initiated }) => ({
      Key: key,
      UploadId: id,
      StorageClass: "STANDARD",
      Initiated: initiated,
    }));
    return answerWith("ListMultipartUploadsResult", { Bucket: bucket, MaxUploads: 1000, IsTruncated: false, Upload });
  },
});

/** The operations on uploads in parts, and on one upload. @returns undefined for a request that is about none */
export function multipartOperation(request: ServiceRequest, target: Target): Operation | undefined {
  const { method, query } = request;
  const has = (name: string): boolean => query.has(name);
  if (!["uploads", "uploadId", "partNumber"].some(has)) return undefined;
  if (method === "POST" && has("uploads")) return create(request, target);
  if (method === "PUT" && has("partNumber") && has("uploadId")) return putPart(request, target);
  if (method === "POST" && has("uploadId")) return complete(request, target);
  if (method === "DELETE" && has("uploadId")) return abort(request, target);
  if (method === "GET" && has("uploadId")) return listParts(request, target);
  throw notEmulated("S3", `${method} ?${[...query.keys()].join("&")}`);
}
