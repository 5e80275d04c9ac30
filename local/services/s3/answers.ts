import { type Answers, given, leftOut } from "../answers";

const billing = leftOut("nothing is billed here, to nobody", "RequestCharged");
const noDisplayName = leftOut("AWS gives it no more", "DisplayName");
const owner: Answers = { ...given("ID"), ...noDisplayName };

const sums = given(
  "ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumSHA512 ChecksumMD5",
);
const otherSums = leftOut("its algorithm is refused", "ChecksumXXHASH64 ChecksumXXHASH3 ChecksumXXHASH128");
const checksums: Answers = { ...sums, ...otherSums };

const customerKey = leftOut("keys of customers are refused", "SSECustomerAlgorithm SSECustomerKeyMD5");
const encryption: Answers = { ...given("ServerSideEncryption SSEKMSKeyId BucketKeyEnabled"), ...customerKey };
const encryptionContext = leftOut("a context of one's own is refused", "SSEKMSEncryptionContext");
const expiration = leftOut("the lifecycle of current objects is not emulated", "Expiration");

const read: Answers = {
  ...given("AcceptRanges LastModified ContentLength ETag ChecksumType VersionId CacheControl ContentDisposition"),
  ...given("ContentEncoding ContentLanguage ContentRange ContentType Expires ExpiresString Metadata StorageClass"),
  ...checksums,
  ...encryption,
  ...expiration,
  ...billing,
  ...leftOut("it is of a refusal, which has it as a header", "DeleteMarker"),
  ...leftOut("nothing is restored from archives here", "Restore"),
  ...leftOut("what no header can have is refused when it is put", "MissingMeta"),
  ...leftOut("it is refused when an object is put", "WebsiteRedirectLocation"),
  ...leftOut("replication is not emulated", "ReplicationStatus"),
  ...given("PartsCount TagCount"),
  ...leftOut(
    "object locks are refused",
    "ObjectLockMode ObjectLockRetainUntilDate ObjectLockLegalHoldStatus ObjectLockEventHold ObjectLockEventHoldDurationDays ObjectLockEventHoldDurationYears",
  ),
};

const listed: Answers = {
  ...given("ETag ChecksumAlgorithm ChecksumType Size StorageClass Key LastModified"),
  ...leftOut("nothing is restored from archives here", "RestoreStatus"),
  Owner: { members: owner },
};
const groups: Answers = { CommonPrefixes: { each: given("Prefix") } };
const list: Answers = { ...given("IsTruncated Name Prefix Delimiter MaxKeys EncodingType"), ...groups, ...billing };
const noRule = leftOut("the lifecycle of uploads is not emulated", "AbortDate AbortRuleId");

/** The members of what S3's operations answer. (S3 API reference, the operations' pages) */
export const s3Answers: Readonly<Record<string, Answers>> = {
  AbortMultipartUpload: billing,
  CompleteMultipartUpload: {
    ...given("Location Bucket Key ETag ChecksumType VersionId ServerSideEncryption SSEKMSKeyId BucketKeyEnabled"),
    ...checksums,
    ...expiration,
    ...billing,
  },
  CopyObject: {
    ...given("CopySourceVersionId VersionId"),
    ...encryption,
    ...encryptionContext,
    ...expiration,
    ...billing,
    CopyObjectResult: { members: { ...given("ETag LastModified ChecksumType"), ...checksums } },
  },
  CreateMultipartUpload: {
    ...given("Bucket Key UploadId ChecksumAlgorithm ChecksumType"),
    ...encryption,
    ...encryptionContext,
    ...noRule,
    ...billing,
  },
  DeleteObject: { ...given("DeleteMarker VersionId"), ...billing },
  DeleteObjects: {
    Deleted: { each: given("Key VersionId DeleteMarker DeleteMarkerVersionId") },
    Errors: { each: given("Key VersionId Code Message") },
    ...billing,
  },
  DeleteObjectTagging: given("VersionId"),
  GetBucketLocation: given("LocationConstraint"),
  GetBucketVersioning: {
    ...given("Status"),
    ...leftOut("a bucket that needs a second factor is refused", "MFADelete"),
  },
  GetObject: { ...read, Body: "given" },
  GetObjectAttributes: {
    ...given("LastModified VersionId ETag StorageClass ObjectSize"),
    Checksum: { members: { ...checksums, ...given("ChecksumType") } },
    ObjectParts: {
      members: {
        ...given("TotalPartsCount"),
        ...leftOut(
          "the checksums of parts, with which AWS lists them, end with their upload",
          "PartNumberMarker NextPartNumberMarker MaxParts IsTruncated Parts",
        ),
      },
    },
    ...leftOut("it is of a refusal, which has it as a header", "DeleteMarker"),
    ...billing,
  },
  GetObjectTagging: { ...given("VersionId"), TagSet: { each: given("Key Value") } },
  HeadBucket: {
    ...given("BucketArn BucketRegion"),
    ...leftOut(
      "it is of directory buckets and access points",
      "BucketLocationType BucketLocationName AccessPointAlias",
    ),
  },
  HeadObject: { ...read, ...leftOut("no object is in such an archive", "ArchiveStatus") },
  ListBuckets: {
    ...given("ContinuationToken Prefix"),
    Buckets: { each: given("Name CreationDate BucketRegion BucketArn") },
    Owner: { members: owner },
  },
  ListMultipartUploads: {
    ...given("Bucket KeyMarker UploadIdMarker NextKeyMarker Prefix Delimiter NextUploadIdMarker MaxUploads"),
    ...given("IsTruncated EncodingType"),
    ...groups,
    ...billing,
    Uploads: {
      each: {
        ...given("UploadId Key Initiated StorageClass ChecksumAlgorithm ChecksumType"),
        Owner: { members: owner },
        Initiator: { members: owner },
      },
    },
  },
  ListObjects: { ...list, ...given("Marker NextMarker"), Contents: { each: listed } },
  ListObjectsV2: {
    ...list,
    ...given("KeyCount ContinuationToken NextContinuationToken StartAfter"),
    Contents: { each: listed },
  },
  ListObjectVersions: {
    ...list,
    ...given("KeyMarker VersionIdMarker NextKeyMarker NextVersionIdMarker"),
    Versions: { each: { ...listed, ...given("VersionId IsLatest") } },
    DeleteMarkers: { each: { ...given("Key VersionId IsLatest LastModified"), Owner: { members: owner } } },
  },
  ListParts: {
    ...given("Bucket Key UploadId PartNumberMarker NextPartNumberMarker MaxParts IsTruncated StorageClass"),
    ...given("ChecksumAlgorithm ChecksumType"),
    ...noRule,
    ...billing,
    Parts: { each: { ...given("PartNumber LastModified ETag Size"), ...checksums } },
    Initiator: { members: owner },
    Owner: { members: owner },
  },
  PutObject: {
    ...given("ETag ChecksumType VersionId"),
    ...checksums,
    ...encryption,
    ...encryptionContext,
    ...expiration,
    ...billing,
    ...leftOut("it is of appending, which is refused", "Size"),
  },
  PutObjectTagging: given("VersionId"),
  UploadPart: { ...given("ETag"), ...checksums, ...encryption, ...billing },
  UploadPartCopy: {
    ...given("CopySourceVersionId"),
    ...encryption,
    ...billing,
    CopyPartResult: { members: { ...given("ETag LastModified"), ...checksums } },
  },
};
