import { type _Object, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { StoredObject } from '../destination.ts';
import { ask, type Bucket, until } from './bucket.ts';
import { notAStore } from './errors.ts';
import { thawInList } from './thaw-state.ts';

/**
 * All objects whose key starts with `prefix`, ascending, page by page.
 * @param options.thaws asks for their thaws, too; a store that refuses such a list is not asked again
 */
export async function* listObjects(
	bucket: Bucket,
	prefix: string,
	options: { signal?: AbortSignal | undefined; pageSize?: number; thaws?: boolean } = {},
): AsyncGenerator<StoredObject> {
	const { signal, pageSize, thaws = false } = options;
	const doing = `list ${prefix || 'it'}`;
	let token: string | undefined;
	let last: string | undefined;
	let asksThaws = thaws && bucket.listsThaws;
	for (;;) {
		const page = await ask(
			bucket,
			doing,
			signal,
			() =>
				bucket.client.send(
					new ListObjectsV2Command({
						Bucket: bucket.name,
						Prefix: bucket.keyOf(prefix),
						...(pageSize === undefined ? {} : { MaxKeys: pageSize }),
						...(asksThaws ? { OptionalObjectAttributes: ['RestoreStatus'] } : {}),
						...(token === undefined ? {} : { ContinuationToken: token }),
						...(token === undefined && last !== undefined ? { StartAfter: last } : {}),
					}),
					until(signal),
				),
			({ status }) => (asksThaws && (status === 400 || status === 501) ? 'refused' : undefined),
		);
		if (page === 'refused') {
			// Whether that was the reason is seen without it.
			asksThaws = false;
			continue;
		}
		if (thaws && !asksThaws) bucket.listsThaws = false;
		// Whoever stands in between would else make the bucket look empty.
		if (page.Name === undefined && page.IsTruncated === undefined) throw notAStore(bucket.place, doing);
		for (const found of page.Contents ?? []) {
			if (found.Key === undefined) continue;
			last = found.Key;
			yield describe(bucket.relative(found.Key), found);
		}
		if (!page.IsTruncated || page.Contents === undefined) return;
		token = page.NextContinuationToken;
	}
}

function describe(key: string, found: _Object): StoredObject {
	return {
		key,
		size: found.Size ?? 0,
		etag: found.ETag ?? '',
		...(found.StorageClass === undefined ? {} : { storageClass: found.StorageClass }),
		...thawInList(found.RestoreStatus),
		...(found.LastModified === undefined ? {} : { modified: found.LastModified }),
	};
}
