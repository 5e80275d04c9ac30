import { createHash, randomUUID } from "node:crypto";
import { xmlError } from "../aws-server";
import type { Account, ObjectVersion } from "./contents";
import type { Answer, Service } from "./service";

const etag = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;

/** Buckets of any name that keep versions. */
export const s3 = ({ objects }: Account): Service => {
  const newest = (place: string): ObjectVersion | undefined => objects.get(place)?.at(-1);
  const inBucket = (bucket: string, prefix: string): [key: string, versions: ObjectVersion[]][] =>
    [...objects]
      .filter(([place]) => place.startsWith(`${bucket}/${prefix}`))
      .map(([place, versions]) => [place.slice(bucket.length + 1), versions]);

  const versionsOf = (bucket: string, prefix: string): string =>
    inBucket(bucket, prefix)
      .flatMap(([key, versions]) =>
        versions.toReversed().map(({ id, body }, index) => {
          const common = `<Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${index === 0}</IsLatest>`;
          return body
            ? `<Version>${common}<ETag>${etag(body)}</ETag><Size>${body.length}</Size></Version>`
            : `<DeleteMarker>${common}</DeleteMarker>`;
        }),
      )
      .join("");
  const listed = (bucket: string, prefix: string): string =>
    inBucket(bucket, prefix)
      .filter(([, versions]) => versions.at(-1)?.body)
      .map(([key]) => `<Contents><Key>${key}</Key></Contents>`)
      .join("");

  const add = (place: string, body: Buffer | undefined): string => {
    const id = randomUUID().replaceAll("-", "");
    objects.set(place, [...(objects.get(place) ?? []), { id, body }]);
    return id;
  };

  const copied = (source: string): Buffer | undefined => {
    const [place = "", id] = decodeURIComponent(source.replace(/^\//, "")).split("?versionId=");
    const versions = objects.get(place) ?? [];
    return (id ? versions.find((version) => version.id === id) : versions.at(-1))?.body;
  };

  const put = (place: string, source: string | undefined, sent: Buffer): Answer => {
    const body = source === undefined ? sent : copied(source);
    if (!body) return { status: 404, body: xmlError("NoSuchVersion") };
    const headers = { "x-amz-version-id": add(place, body), etag: etag(body) };
    return {
      headers,
      body: source === undefined ? "" : `<CopyObjectResult><ETag>${etag(body)}</ETag></CopyObjectResult>`,
    };
  };

  const remove = (place: string, id: string | null): Answer => {
    if (id === null) add(place, undefined);
    else
      objects.set(
        place,
        (objects.get(place) ?? []).filter((version) => version.id !== id),
      );
    return { status: 204 };
  };

  return ({ method, path, query, headers, body }) => {
    const [, bucket = "", ...rest] = path.split("/");
    const [key, prefix, id] = [rest.join("/"), query.get("prefix") ?? "", query.get("versionId")];
    const place = `${bucket}/${key}`;
    if (key === "" && query.has("versions"))
      return {
        body: `<ListVersionsResult><IsTruncated>false</IsTruncated>${versionsOf(bucket, prefix)}</ListVersionsResult>`,
      };
    if (key === "")
      return { body: `<ListBucketResult><IsTruncated>false</IsTruncated>${listed(bucket, prefix)}</ListBucketResult>` };
    if (method === "PUT") {
      const isThere = newest(place)?.body !== undefined;
      // A lock file may be written only where there is none.
      if (headers["if-none-match"] === "*" && isThere) return { status: 412, body: xmlError("PreconditionFailed") };
      return put(place, headers["x-amz-copy-source"] as string | undefined, body);
    }
    if (method === "DELETE") return remove(place, id);
    const found = id === null ? newest(place) : objects.get(place)?.find((version) => version.id === id);
    if (!found?.body) return { status: 404, body: xmlError(id === null ? "NoSuchKey" : "NoSuchVersion") };
    const facts = { "content-length": String(found.body.length), etag: etag(found.body), "x-amz-version-id": found.id };
    return { headers: facts, body: found.body };
  };
};
