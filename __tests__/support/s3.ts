import { type AwsServer, bodyOf, startAwsServer, xmlError } from "./aws-server";

/** A bucket that takes objects, as the SDK sends them. */
export interface Bucket {
  readonly server: AwsServer;
  readonly bucket: string;
  /** Key → what was put there. */
  readonly objects: Map<string, string>;
}

/** Starts S3 with one bucket. */
export async function startBucket(bucket: string): Promise<Bucket> {
  const objects = new Map<string, string>();
  const server = await startAwsServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, name, ...key] = decodeURIComponent(pathname).split("/");
    const body = await bodyOf(request);
    if (name === bucket && request.method === "HEAD") {
      // Who may not list a bucket is told 403 of a key that is not in it.
      response.writeHead(objects.has(key.join("/")) ? 200 : 403).end();
      return;
    }
    if (name !== bucket || request.method !== "PUT") {
      response.writeHead(404, { "content-type": "application/xml" }).end(xmlError("NoSuchBucket"));
      return;
    }
    objects.set(key.join("/"), body);
    response.writeHead(200, { etag: '"00"' }).end();
  });
  return { server, bucket, objects };
}
