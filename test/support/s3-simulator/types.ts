/** What the simulated store holds, and in what it may differ from AWS. */

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
	algorithm: ChecksumAlgorithm;
	/** Base64; of a composite one with `-N` behind it. */
	value: string;
	type: ChecksumType;
}

/** A piece of content in the blob store. */
export interface BlobRef {
	id: string;
	size: number;
}

export type Tier = 'Bulk' | 'Standard' | 'Expedited';
export type AccessTier = 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS';

/** A temporary copy of an object in an archive class, ordered or there. Times by the store's clock. */
export interface Thaw {
	tier: Tier;
	/** 0 in Intelligent-Tiering, where the object itself moves and stays. */
	days: number;
	requested: number;
	ready: number;
	expires?: number;
}

/** One version of an object; buckets without versioning have one of each key. */
export interface ObjectVersion {
	key: string;
	versionId: string;
	size: number;
	/** Without quotes. */
	etag: string;
	blobs: BlobRef[];
	checksum?: Checksum;
	storageClass: string;
	/** Content-Type, x-amz-meta-… as they came. */
	headers: Record<string, string>;
	tags: [string, string][];
	modified: number;
	/** The newest thaw of it. */
	thaw?: Thaw;
	/** Where Intelligent-Tiering has moved it to. */
	accessTier?: AccessTier;
	deleteMarker?: boolean;
	retainUntil?: number;
}

export interface Part {
	number: number;
	size: number;
	etag: string;
	blob: BlobRef;
	checksum?: Checksum;
	modified: number;
}

export interface Upload {
	id: string;
	bucket: string;
	key: string;
	initiated: number;
	storageClass: string;
	headers: Record<string, string>;
	tags: [string, string][];
	checksumAlgorithm?: ChecksumAlgorithm;
	checksumType?: ChecksumType;
}

/** In what a store differs from AWS. */
export interface Quirks {
	/** `ignored`: neither checked nor returned; `refused`: 400 for requests that have them. */
	checksums: 'kept' | 'ignored' | 'refused';
	conditionalPut: 'kept' | 'ignored' | 'refused';
	conditionalComplete: 'kept' | 'ignored' | 'refused';
	completeEtag: 'real' | 'empty';
	/** What a second complete of the same upload gets. */
	completeTwice: 'same' | 'gone';
	/** Error code for an upload that is not there. */
	goneCode: 'NoSuchUpload' | 'NoSuchKey';
	/** What completing an upload that was given up gets. */
	completeGone: 'NoSuchUpload' | 'InternalError';
	/** Bodies in aws-chunked framing: 411 when refused. */
	chunked: 'accepted' | 'refused';
	contentMd5: 'checked' | 'ignored';
	/** `opaque`: random, as with some encrypted buckets. */
	etags: 'md5' | 'opaque';
	/** Whether GLACIER and DEEP_ARCHIVE are readable at once. */
	archiveClasses: 'kept' | 'labels';
	/** RestoreObject, or the code that it is refused with. */
	restoreObject: 'kept' | 'NotImplemented' | 'MethodNotAllowed';
	/** Whether LIST tells RestoreStatus when it is asked for; 400 when refused. */
	restoreStatus: 'kept' | 'ignored' | 'refused';
	/** Whether there is capacity for expedited thaws. */
	expedited: 'available' | 'exhausted';
	/** Whether requests signed for another region are refused. */
	region: 'checked' | 'ignored';
	mpuObjectSize: 'checked' | 'ignored';
}

export const AWS: Quirks = {
	checksums: 'kept',
	conditionalPut: 'kept',
	conditionalComplete: 'kept',
	completeEtag: 'real',
	completeTwice: 'same',
	goneCode: 'NoSuchUpload',
	completeGone: 'NoSuchUpload',
	chunked: 'accepted',
	contentMd5: 'checked',
	etags: 'md5',
	archiveClasses: 'kept',
	restoreObject: 'kept',
	restoreStatus: 'kept',
	expedited: 'available',
	region: 'checked',
	mpuObjectSize: 'checked',
};

/** As measured on Ceph 16. */
export const CEPH: Quirks = {
	...AWS,
	checksums: 'ignored',
	conditionalComplete: 'ignored',
	completeEtag: 'empty',
	goneCode: 'NoSuchKey',
	completeGone: 'InternalError',
	chunked: 'refused',
	archiveClasses: 'labels',
	restoreObject: 'MethodNotAllowed',
	restoreStatus: 'ignored',
	region: 'ignored',
	mpuObjectSize: 'ignored',
};

/** A store that refuses what it does not know, and whose ETags mean nothing. */
export const PICKY: Quirks = {
	...CEPH,
	checksums: 'refused',
	conditionalPut: 'refused',
	conditionalComplete: 'refused',
	restoreObject: 'NotImplemented',
	restoreStatus: 'refused',
	completeEtag: 'real',
	completeTwice: 'gone',
	goneCode: 'NoSuchUpload',
	etags: 'opaque',
};
