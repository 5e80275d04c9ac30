import { objectArn } from "../../../aws/arn";
import { s3Limits } from "../../../aws/limits";
import { checkMembers } from "../members";
import { type Need, type Operation, ServiceError, type ServiceRequest } from "../service";
import type { Element } from "../xml";
import { uploaded } from "./body";
import { verify } from "./checksums";
import { noSuchVersion } from "./errors";
import { s3Members } from "./members";
import { nullVersion, type ObjectHead, versionIdOf } from "./object-file";
import type { NewObject } from "./objects";
import { onlyIf } from "./putting";
import { said } from "./rules";
import { answerWith, common, type Target } from "./target";
import { isVersionId, versionIdIn } from "./version-id";
import { malformed, parseXml, textsOf } from "./xml-input";

/** An object to delete, or a version of it. */
interface Deletion {
  readonly key: string;
  readonly versionId: string | undefined;
  /** The entity tag that it must have. */
  readonly etag: string | undefined;
}

/** The rights that it takes; who deletes under a condition on what is there may read that (S3 User Guide, "How to perform conditional deletes"). */
function deletionNeeds(bucket: string, { key, versionId, etag }: Deletion): Need[] {
  const resource = objectArn(bucket, key);
  const own =
    versionId === undefined
      ? { action: "s3:DeleteObject", resource }
      : { action: "s3:DeleteObjectVersion", resource, contextKeys: { "s3:versionid": versionId } };
  return etag === undefined ? [own] : [own, { action: "s3:GetObject", resource }];
}

interface Deleted {
  readonly isMarker: boolean;
  /** Of the version that was deleted, or the marker that was made. */
  readonly versionId: string | undefined;
}

/** Deletes a version for good, or has a marker stand for the object (S3 User Guide, "Working with delete markers"). */
async function deleted({ files }: Target, { key, versionId, etag }: Deletion): Promise<Deleted> {
  const check: NewObject["check"] = etag === undefined ? undefined : onlyIf(key, etag);
  const head: ObjectHead | undefined =
    versionId === undefined ? await files.delete(key, check) : await files.deleteVersion(key, versionId, check);
  // One that is not there is deleted, too.
  return { isMarker: head?.deleteMarker ?? false, versionId: versionId ?? (head && versionIdOf(head)) };
}

/** `DeleteObject`. */
export function deleteObject(request: ServiceRequest, target: Target): Operation {
  const deletion = { key: target.key, versionId: versionIdIn(request), etag: request.headers["if-match"] };
  return {
    needs: deletionNeeds(target.bucket, deletion),
    run: async () => {
      const { isMarker, versionId } = await deleted(target, deletion);
      const headers = {
        ...common(),
        ...(isMarker ? { "x-amz-delete-marker": "true" } : {}),
        ...(versionId === undefined ? {} : { "x-amz-version-id": versionId }),
      };
      return { status: 204, headers };
    },
  };
}

/** The objects in a body. @throws ServiceError `MalformedXML` */
function deletionsIn(body: Buffer) {
  const root = parseXml(body);
  const Objects = root.children.filter(({ name }) => name === "Object").map(textsOf);
  const { Quiet } = textsOf(root);
  const given = {
    Delete: { ...textsOf({ ...root, children: root.children.filter(({ name }) => name !== "Object") }), Objects },
  };
  checkMembers("S3", "DeleteObjects", given, s3Members["DeleteObjects"] ?? {});
  if (root.name !== "Delete" || Objects.length === 0 || Objects.length > s3Limits.keysPerDeletion) throw malformed();
  const deletions = Objects.map(({ Key = "", VersionId, ETag }): Deletion => {
    if (Key === "") throw malformed();
    return { key: Key, versionId: VersionId, etag: ETag };
  });
  return { quiet: Quiet === "true", deletions };
}

const failed = ({ key, versionId }: Deletion, { code, message }: ServiceError) => ({
  Key: key,
  VersionId: versionId,
  Code: code,
  Message: message,
});

/** `DeleteObjects`: what is refused of one object does not concern the others. */
export function deleteObjects(request: ServiceRequest, target: Target): Operation {
  return {
    needs: [],
    run: async (permitted) => {
      const { body, trailers } = uploaded(request);
      const all = { ...said(request), ...trailers };
      if (!Object.keys(all).some((name) => name === "content-md5" || /^x-amz-checksum-/.test(name))) {
        const message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
        throw new ServiceError("InvalidRequest", message);
      }
      verify(body, all);
      const { quiet, deletions } = deletionsIn(body);
      const done: Element[] = [];
      const errors: Element[] = [];
      for (const deletion of deletions) {
        try {
          if (!isVersionId(deletion.versionId ?? nullVersion))
            throw noSuchVersion(deletion.key, deletion.versionId ?? "");
          if (!deletionNeeds(target.bucket, deletion).every(permitted)) {
            throw new ServiceError("AccessDenied", "Access Denied");
          }
          const { isMarker, versionId } = await deleted(target, deletion);
          const marker = isMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {};
          done.push({ Key: deletion.key, VersionId: deletion.versionId, ...marker });
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          errors.push(failed(deletion, error));
        }
      }
      return answerWith("DeleteResult", { Deleted: quiet ? [] : done, Error: errors });
    },
  };
}
