import { type Members, membersNamed } from "../members";

const honoured = (names: string): Members => membersNamed(names, "honoured");
const refused = (names: string): Members => membersNamed(names, "refused");

const object: Members = {
  ...honoured("Bucket Key ExpectedBucketOwner"),
  RequestPayer: { harmless: "nothing is billed here, to nobody" },
};

const bucket = honoured("Bucket ExpectedBucketOwner");

const checksums = honoured(
  "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumSHA512 ChecksumMD5",
);
const otherChecksums = refused("ChecksumXXHASH64 ChecksumXXHASH3 ChecksumXXHASH128");

const customerKey = refused("SSECustomerAlgorithm SSECustomerKey SSECustomerKeyMD5");

/** Settings and headers stored with an object. */
const stored: Members = {
  ...honoured("CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires Metadata"),
  ...honoured("ACL StorageClass ServerSideEncryption Tagging"),
  ...refused("GrantFullControl GrantRead GrantReadACP GrantWriteACP WebsiteRedirectLocation"),
  ...refused("SSEKMSKeyId SSEKMSEncryptionContext BucketKeyEnabled"),
  ...refused("ObjectLockMode ObjectLockRetainUntilDate ObjectLockLegalHoldStatus ObjectLockEventHold"),
  ...refused("ObjectLockEventHoldDurationDays ObjectLockEventHoldDurationYears"),
  ...customerKey,
};

const copied: Members = {
  ...honoured("CopySource CopySourceIfMatch CopySourceIfModifiedSince CopySourceIfNoneMatch"),
  ...honoured("CopySourceIfUnmodifiedSince ExpectedSourceBucketOwner"),
  ...refused("CopySourceSSECustomerAlgorithm CopySourceSSECustomerKey CopySourceSSECustomerKeyMD5"),
};

const sent = honoured("Body ContentLength ContentMD5 ChecksumAlgorithm");

const read: Members = {
  ...object,
  ...honoured("IfMatch IfModifiedSince IfNoneMatch IfUnmodifiedSince Range VersionId ChecksumMode"),
  ...honoured("ResponseCacheControl ResponseContentDisposition ResponseContentEncoding ResponseContentLanguage"),
  ...honoured("ResponseContentType ResponseExpires"),
  ...honoured("PartNumber"),
  ...customerKey,
};

const listed: Members = {
  ...bucket,
  ...honoured("Delimiter EncodingType MaxKeys Prefix"),
  RequestPayer: { harmless: "nothing is billed here, to nobody" },
  OptionalObjectAttributes: "refused",
};

/** The members of S3's operations, wherever in the request they stand. (S3 API reference, the operations' pages) */
export const s3Members: Readonly<Record<string, Members>> = {
  PutObject: {
    ...object,
    ...stored,
    ...sent,
    ...checksums,
    ...otherChecksums,
    ...honoured("IfMatch IfNoneMatch"),
    WriteOffsetBytes: "refused",
  },
  GetObject: read,
  HeadObject: read,
  DeleteObject: {
    ...object,
    ...honoured("VersionId IfMatch"),
    ...refused("MFA BypassGovernanceRetention IfMatchLastModifiedTime IfMatchSize"),
  },
  DeleteObjects: {
    ...bucket,
    RequestPayer: { harmless: "nothing is billed here, to nobody" },
    ...honoured("ChecksumAlgorithm"),
    Delete: {
      members: {
        Quiet: "honoured",
        Objects: { each: { ...honoured("Key VersionId ETag"), ...refused("LastModifiedTime Size") } },
      },
    },
    ...refused("MFA BypassGovernanceRetention"),
  },
  GetObjectAttributes: {
    ...object,
    ...honoured("VersionId ObjectAttributes"),
    ...membersNamed("MaxParts PartNumberMarker", { harmless: "parts are counted, and not listed" }),
    ...customerKey,
  },
  GetObjectTagging: { ...object, VersionId: "honoured" },
  PutObjectTagging: {
    ...object,
    ...honoured("VersionId ContentMD5 ChecksumAlgorithm"),
    Tagging: { members: { TagSet: { each: honoured("Key Value") } } },
  },
  DeleteObjectTagging: { ...bucket, ...honoured("Key VersionId") },
  CopyObject: {
    ...object,
    ...stored,
    ...copied,
    ...honoured("ChecksumAlgorithm IfMatch IfNoneMatch MetadataDirective TaggingDirective"),
    AnnotationDirective: "refused",
  },
  ListObjects: { ...listed, Marker: "honoured" },
  ListObjectsV2: { ...listed, ...honoured("ContinuationToken FetchOwner StartAfter") },
  ListObjectVersions: { ...listed, ...honoured("KeyMarker VersionIdMarker") },
  ListBuckets: honoured("MaxBuckets ContinuationToken Prefix BucketRegion"),
  HeadBucket: bucket,
  GetBucketLocation: bucket,
  GetBucketVersioning: bucket,
  CreateMultipartUpload: { ...object, ...stored, ...honoured("ChecksumAlgorithm ChecksumType") },
  UploadPart: {
    ...object,
    ...sent,
    ...checksums,
    ...otherChecksums,
    ...honoured("PartNumber UploadId"),
    ...customerKey,
  },
  UploadPartCopy: { ...object, ...copied, ...honoured("PartNumber UploadId CopySourceRange"), ...customerKey },
  CompleteMultipartUpload: {
    ...object,
    ...honoured("UploadId IfMatch IfNoneMatch ChecksumType MpuObjectSize"),
    MultipartUpload: {
      members: { Parts: { each: { ...honoured("ETag PartNumber"), ...checksums, ...otherChecksums } } },
    },
    ...checksums,
    ...otherChecksums,
    ...customerKey,
  },
  AbortMultipartUpload: { ...object, UploadId: "honoured", IfMatchInitiatedTime: "refused" },
  ListParts: { ...object, ...honoured("UploadId MaxParts PartNumberMarker"), ...customerKey },
  ListMultipartUploads: {
    ...bucket,
    ...honoured("Delimiter EncodingType KeyMarker MaxUploads Prefix UploadIdMarker"),
    RequestPayer: { harmless: "nothing is billed here, to nobody" },
  },
};
