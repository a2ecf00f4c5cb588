import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { OpenUpload } from '../destination.ts';
import { ask, type Bucket, until } from './bucket.ts';

/** All uploads under way of keys that start with `prefix`, page by page. @throws FirnError as requests do */
export async function* openUploads(bucket: Bucket, prefix: string, signal?: AbortSignal): AsyncGenerator<OpenUpload> {
	let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
	for (;;) {
		const page = await ask(bucket, `list the uploads of ${prefix || 'it'}`, signal, () =>
			bucket.client.send(
				new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: bucket.keyOf(prefix), ...marker }),
				until(signal),
			),
		);
		for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
			if (Key === undefined || UploadId === undefined) continue;
			yield { key: bucket.relative(Key), id: UploadId, begun: Initiated ?? new Date() };
		}
		const { NextKeyMarker, NextUploadIdMarker } = page;
		const isSame = NextKeyMarker === marker.KeyMarker && NextUploadIdMarker === marker.UploadIdMarker;
		if (!page.IsTruncated || NextKeyMarker === undefined || isSame) return;
		marker = {
			KeyMarker: NextKeyMarker,
			...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }),
		};
	}
}
