/**
 * A loopback S3 that keeps nothing: just enough of the protocol for uploads, with as little work as it can do. It
 * answers checksums as AWS does, so that clients rely on them, and remembers sizes for HEAD.
 */

import { createServer } from 'node:http';

const sizes = new Map<string, { size: number; crc32: string | undefined }>();
const uploads = new Map<string, number>();

const server = createServer((request, response) => {
	let size = 0;
	request.on('data', (chunk: Buffer) => {
		size += chunk.length;
	});
	request.on('end', () => {
		const url = new URL(request.url!, 'http://sink');
		const query = url.searchParams;
		const crc32 = request.headers['x-amz-checksum-crc32'] as string | undefined;
		const headers: Record<string, string> = { etag: '"0123456789abcdef0123456789abcdef-1"' };
		if (crc32) headers['x-amz-checksum-crc32'] = crc32;
		let body = '';
		let status = 200;
		if (request.method === 'POST' && query.has('uploads')) {
			uploads.set(url.pathname, 0);
			headers['x-amz-checksum-algorithm'] = 'CRC32';
			headers['x-amz-checksum-type'] = 'FULL_OBJECT';
			body = '<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>';
		} else if (request.method === 'POST' && query.has('uploadId')) {
			sizes.set(url.pathname, { size: uploads.get(url.pathname) ?? 0, crc32 });
			body = '<CompleteMultipartUploadResult><ETag>"x-1"</ETag></CompleteMultipartUploadResult>';
		} else if (request.method === 'PUT' && query.has('partNumber')) {
			uploads.set(url.pathname, (uploads.get(url.pathname) ?? 0) + size);
		} else if (request.method === 'PUT') {
			sizes.set(url.pathname, { size, crc32 });
		} else if (request.method === 'GET' && query.has('uploadId')) {
			status = 404;
			body = '<Error><Code>NoSuchUpload</Code><Message>it was given up</Message></Error>';
		} else if (request.method === 'HEAD') {
			const object = sizes.get(url.pathname);
			if (object) headers['content-length'] = String(object.size);
			if (object?.crc32) headers['x-amz-checksum-crc32'] = object.crc32;
			status = object || url.pathname === '/bucket' || url.pathname === '/bucket/' ? 200 : 404;
		} else if (request.method === 'DELETE') {
			status = 204;
		} else if (query.has('uploads')) {
			body = '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>';
		} else {
			body = '<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>';
		}
		if (body !== '') headers['content-type'] = 'application/xml';
		if (request.method !== 'HEAD') headers['content-length'] = String(Buffer.byteLength(body));
		response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
	});
});
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	process.send!(typeof address === 'object' && address ? address.port : 0);
});
process.on('disconnect', () => process.exit());
