import { objectArn } from "../../../aws/arn";
import type { Need, Operation, ServiceRequest } from "../service";
import { uploaded } from "./body";
import { verify } from "./checksums";
import { foundObject } from "./getting";
import { said } from "./rules";
import { type Tags, tagsOfDocument } from "./tags";
import { answerWith, common, type Target, versionHeaders } from "./target";
import { versionIdIn } from "./version-id";

/** The right to an object's tags, and to those of a version (S3 API reference, GetObjectTagging, PutObjectTagging). */
export function tagNeeds({ bucket, key }: Target, verb: "Get" | "Put" | "Delete", versionId?: string): Need[] {
  const resource = objectArn(bucket, key);
  const own = { action: `s3:${verb}ObjectTagging`, resource };
  if (versionId === undefined) return [own];
  const contextKeys = { "s3:versionid": versionId };
  const ofVersion = { action: `s3:${verb}ObjectVersionTagging`, resource, contextKeys };
  // Who deletes those of a version needs that right alone (DeleteObjectTagging).
  return verb === "Delete" ? [ofVersion] : [own, ofVersion];
}

/** `GetObjectTagging`: of the newest version, or the one that is named. */
export function getTags(request: ServiceRequest, target: Target): Operation {
  const versionId = versionIdIn(request);
  return {
    needs: tagNeeds(target, "Get", versionId),
    run: async (permitted) => {
      const { head } = await foundObject(target, versionId, permitted);
      const Tag = (head.tags ?? []).map(([Key, Value]) => ({ Key, Value }));
      const answer = answerWith("Tagging", { TagSet: { Tag } });
      return { ...answer, headers: { ...answer.headers, ...versionHeaders(target, head) } };
    },
  };
}

function retagged(
  request: ServiceRequest,
  target: Target,
  { verb, status, tags }: { verb: "Put" | "Delete"; status: number; tags: () => Tags },
): Operation {
  const versionId = versionIdIn(request);
  return {
    needs: tagNeeds(target, verb, versionId),
    run: async (permitted) => {
      const wanted = tags();
      const { head } = await foundObject(target, versionId, permitted);
      await target.files.retag(target.key, versionId, wanted);
      return { status, headers: { ...common(), ...versionHeaders(target, head) } };
    },
  };
}

/** `PutObjectTagging`: these tags, in place of all that there are. */
export const putTags = (request: ServiceRequest, target: Target): Operation =>
  retagged(request, target, {
    ...{ verb: "Put", status: 200 },
    tags: () => {
      const { body, trailers } = uploaded(request);
      verify(body, { ...said(request), ...trailers });
      return tagsOfDocument(body);
    },
  });

/** `DeleteObjectTagging`: no tags any more. */
export const deleteTags = (request: ServiceRequest, target: Target): Operation =>
  retagged(request, target, { verb: "Delete", status: 204, tags: () => [] });
