import { type Need, type Operation, type Permitted, ServiceError, type ServiceRequest } from "../service";
import { algorithmNamed, checksumMembers, ownAlgorithm, sumOf } from "./checksums";
import { sourceNeeds, sourceObject } from "./copy-source";
import { invalidArgument } from "./errors";
import type { ObjectHead } from "./object-file";
import { checkSettings, newTags, putHeaders, putNeeds, storageClassIn, storedHeaders, writeCondition } from "./putting";
import { said } from "./rules";
import { tagNeeds } from "./tagging";
import { answerWith, type Target, versionHeaders } from "./target";

/** Whether what is stored with an object is replaced, and not copied. */
function replacesMetadata(request: ServiceRequest): boolean {
  const directive = said(request)["x-amz-metadata-directive"] ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw invalidArgument("x-amz-metadata-directive", directive, "Unknown metadata directive.");
}

/** Whether the copy has tags of its own, and not the source's. */
function replacesTags(request: ServiceRequest): boolean {
  const directive = said(request)["x-amz-tagging-directive"] ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw invalidArgument("x-amz-tagging-directive", directive, "Unknown tagging directive.");
}

/** @throws ServiceError where tags would be copied that the caller may not read, or put (S3 API reference, CopyObject) */
function checkTags(needs: readonly Need[], permitted: Permitted): void {
  if (!needs.every(permitted)) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
}

/** @throws ServiceError for a copy that would change nothing */
function refuseSame(request: ServiceRequest, target: Target, source: Target): void {
  const isSame = target.bucket === source.bucket && target.key === source.key;
  const changes = ["x-amz-storage-class", "x-amz-server-side-encryption"].some(
    (name) => said(request)[name] !== undefined,
  );
  if (!isSame || changes || replacesMetadata(request)) return;
  const message =
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
  throw new ServiceError("InvalidRequest", message);
}

/** The checksum of a copy: by the algorithm that is asked for, or the source's, always of all bytes. */
function checksumOf(request: ServiceRequest, source: ObjectHead, body: Buffer) {
  const asked = said(request)["x-amz-checksum-algorithm"];
  const algorithm = asked === undefined ? (source.checksum?.algorithm ?? ownAlgorithm) : algorithmNamed(asked);
  return { algorithm, value: sumOf(algorithm, body), type: "FULL_OBJECT" } as const;
}

/** `CopyObject`. @param versionId of the source @default its newest */
export function copyObject(
  request: ServiceRequest,
  target: Target,
  { source, versionId }: { readonly source: Target; readonly versionId: string | undefined },
): Operation {
  return {
    needs: [...sourceNeeds(source, versionId), ...putNeeds(request, target, true)],
    run: async (permitted) => {
      checkSettings(request, target);
      if (versionId === undefined) refuseSame(request, target, source);
      const own = replacesMetadata(request) ? storedHeaders(request) : undefined;
      const isTagged = replacesTags(request);
      const settings = { ...storageClassIn(request), ...writeCondition(request, target) };
      const { head: from, body } = await sourceObject(request, source, { versionId, permitted });
      if (!isTagged && from.tags) {
        checkTags([...tagNeeds(source, "Get", versionId), ...tagNeeds(target, "Put")], permitted);
      }
      const tags = isTagged ? newTags(request) : from.tags && { tags: from.tags };
      const checksum = checksumOf(request, from, body);
      const head = await target.files.put(target.key, {
        body,
        checksum,
        headers: own ?? from.headers,
        ...settings,
        ...tags,
      });
      const result = { LastModified: head.lastModified, ETag: head.etag, ChecksumType: checksum.type };
      const answer = answerWith("CopyObjectResult", { ...result, ...checksumMembers(checksum) });
      const { "x-amz-version-id": sourceVersion } = versionHeaders(source, from);
      const copied: Record<string, string> =
        sourceVersion === undefined ? {} : { "x-amz-copy-source-version-id": sourceVersion };
      return { ...answer, headers: { ...answer.headers, ...putHeaders(target, head), ...copied } };
    },
  };
}
