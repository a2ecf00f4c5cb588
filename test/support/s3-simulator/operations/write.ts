/** What all operations that make an object share: classes, headers kept, conditions. */

import { randomBytes } from 'node:crypto';
import { type Call, header, quoted } from '../call.ts';
import { notImplemented, preconditionFailed, S3Error } from '../errors.ts';
import type { Bucket } from '../state.ts';
import type { Checksum, ObjectVersion } from '../types.ts';

const CLASSES = new Set([
	'STANDARD',
	'STANDARD_IA',
	'ONEZONE_IA',
	'INTELLIGENT_TIERING',
	'GLACIER_IR',
	'GLACIER',
	'DEEP_ARCHIVE',
	'REDUCED_REDUNDANCY',
]);

/** @throws S3Error InvalidStorageClass */
export function storageClassOf(call: Call): string {
	const name = header(call, 'x-amz-storage-class') ?? 'STANDARD';
	if (!CLASSES.has(name)) throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
	return name;
}

export function keptHeaders(call: Call): Record<string, string> {
	const kept: Record<string, string> = {};
	for (const [name, value] of Object.entries(call.request.headers)) {
		const keep = name === 'content-type' || name === 'content-encoding' || name.startsWith('x-amz-meta-');
		if (keep && typeof value === 'string') kept[name] = value.replace(/,?\s*aws-chunked/, '');
	}
	if (kept['content-encoding'] === '') delete kept['content-encoding'];
	return kept;
}

export function tagsOf(call: Call): [string, string][] {
	return [...new URLSearchParams(header(call, 'x-amz-tagging') ?? '')];
}

/** Notes for the bill what a write or delete ends: an object may be charged for the time that it was to stay. */
export function endsOf(call: Call, bucket: Bucket, key: string, versionId?: string): void {
	const versions = bucket.keys.get(key) ?? [];
	const stays = bucket.versioning && versionId === undefined;
	const ended = stays ? [] : versions.filter((one) => versionId === undefined || one.versionId === versionId);
	const list = ended.map(({ storageClass, size, modified }) => ({ storageClass, size, stored: modified }));
	if (list.length > 0) call.log.ended = [...(call.log.ended ?? []), ...list];
}

export function newVersionId(bucket: Bucket): string {
	return bucket.versioning ? randomBytes(16).toString('hex') : 'null';
}

/** @throws S3Error PreconditionFailed, or NotImplemented on a store that knows no conditions */
export function checkConditions(call: Call, bucket: Bucket, rule: 'kept' | 'ignored' | 'refused'): void {
	const noneMatch = header(call, 'if-none-match');
	const match = header(call, 'if-match');
	if (noneMatch === undefined && match === undefined) return;
	if (rule === 'refused') throw notImplemented('If-None-Match');
	if (rule === 'ignored') return;
	const there = call.state.current(bucket, call.key);
	if (noneMatch === '*' && there) throw preconditionFailed();
	if (match !== undefined) {
		if (!there) throw new S3Error(404, 'NoSuchKey');
		if (match !== quoted(there.etag) && match !== there.etag) throw preconditionFailed();
	}
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
	if (!checksum) return {};
	return {
		[`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value,
		'x-amz-checksum-type': checksum.type,
	};
}

export function versionHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
	return bucket.versioning ? { 'x-amz-version-id': version.versionId } : {};
}
