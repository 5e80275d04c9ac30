import { objectArn } from "../../../aws/arn";
import type { Operation, ServiceRequest } from "../service";
import { versionIdOf } from "./object-file";
import { common, type Target } from "./target";
import { versionIdIn } from "./version-id";

const marked = (isMarker: boolean): Record<string, string> => (isMarker ? { "x-amz-delete-marker": "true" } : {});

/** Deletes a version for good. One that is not there is deleted, too. */
function deleteVersion({ bucket, key, files }: Target, versionId: string): Operation {
  return {
    needs: [
      {
        action: "s3:DeleteObjectVersion",
        resource: objectArn(bucket, key),
        contextKeys: { "s3:versionid": versionId },
      },
    ],
    run: async () => {
      const deleted = await files.deleteVersion(key, versionId);
      const headers = { ...marked(deleted?.deleteMarker ?? false), "x-amz-version-id": versionId };
      return { status: 204, headers: { ...common(), ...headers } };
    },
  };
}

/** `DeleteObject`: where there are versions, a marker stands for it (S3 User Guide, "Working with delete markers"). */
export function deleteObject(request: ServiceRequest, target: Target): Operation {
  const { bucket, key, files } = target;
  const versionId = versionIdIn(request);
  if (versionId !== undefined) return deleteVersion(target, versionId);
  return {
    needs: [{ action: "s3:DeleteObject", resource: objectArn(bucket, key) }],
    run: async () => {
      const marker = await files.delete(key);
      const headers = marker ? { ...marked(true), "x-amz-version-id": versionIdOf(marker) } : {};
      return { status: 204, headers: { ...common(), ...headers } };
    },
  };
}
