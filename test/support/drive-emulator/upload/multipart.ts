/** uploadType=multipart: metadata and bytes in one request, for files of up to 5 MB. */

import { createHash } from 'node:crypto';
import { type Call, header, parseJson, type Reply } from '../call.ts';
import { badRequest, ConnectionCut, DriveError } from '../errors.ts';
import { checkedMetadata } from '../files/metadata.ts';
import { fileReply } from '../files/resource.ts';
import { changed, made } from '../files/write.ts';
import { checkLimits } from './limits.ts';
import { flipped } from './receive.ts';

const MAX_SIZE = 5 * 1024 * 1024;

/** POST /upload/drive/v3/files or PATCH /upload/drive/v3/files/ID */
export async function uploadMultipart(call: Call): Promise<Reply> {
	const { state, fault } = call;
	const boundary = /^multipart\/related;.*\bboundary="?([^";]+)"?/i.exec(header(call, 'content-type') ?? '')?.[1];
	if (boundary === undefined) throw badRequest('The content type must be multipart/related with a boundary.');
	const updates = call.fileId === undefined ? undefined : state.fileOf(call.fileId, call.project);
	const [about, media, ...more] = split(await received(call), boundary);
	if (!about || !media || more.length > 0) throw badRequest('Malformed multipart body.');
	if (!about.type.startsWith('application/json')) throw badRequest('The first part must be the metadata in JSON.');
	const metadata = checkedMetadata(parseJson(about.bytes.toString('utf8')), updates ? 'update' : 'create');
	checkLimits(call, media.bytes.length);
	const bytes = fault?.kind === 'damage-received' && media.bytes.length > 0 ? flipped(media.bytes) : media.bytes;
	const sum = (name: string) => createHash(name).update(bytes).digest('hex');
	const writer = state.blobs.create();
	writer.write(fault?.kind === 'damage-stored' && bytes.length > 0 ? flipped(bytes) : bytes);
	const sums = { md5: sum('md5'), sha1: sum('sha1'), sha256: sum('sha256') };
	const content = { blob: writer.end(), size: bytes.length, ...sums };
	state.countUpload(bytes.length, call.clock.now());
	const file = updates
		? changed(call, updates, metadata, content)
		: made(call, call.project, metadata, content, media.type);
	call.log.fileId = file.id;
	return fileReply(call, file);
}

async function received(call: Call): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of call.request as AsyncIterable<Buffer>) {
		call.log.bytesIn += chunk.length;
		if (call.log.bytesIn > MAX_SIZE + 65_536) {
			throw new DriveError(413, 'uploadTooLarge', 'Only resumable uploads may have more than 5 MB.');
		}
		if (call.fault?.kind === 'cut-request' && call.log.bytesIn >= call.fault.afterBytes) throw new ConnectionCut();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

function split(body: Buffer, boundary: string): { type: string; bytes: Buffer }[] {
	const parts: { type: string; bytes: Buffer }[] = [];
	const text = Buffer.concat([Buffer.from('\r\n'), body]);
	const mark = Buffer.from(`\r\n--${boundary}`);
	let at = text.indexOf(mark);
	while (at !== -1) {
		const start = at + mark.length;
		const next = text.indexOf(mark, start);
		if (next === -1) {
			if (text.subarray(start, start + 2).toString() !== '--')
				throw badRequest('Missing end boundary in multipart body.');
			return parts;
		}
		const part = text.subarray(start, next);
		const head = part.indexOf('\r\n\r\n');
		if (head === -1) throw badRequest('Malformed multipart body.');
		const type = /^content-type:\s*(.+?)\s*$/im.exec(part.subarray(0, head).toString('latin1'))?.[1];
		parts.push({ type: type ?? 'application/octet-stream', bytes: part.subarray(head + 4) });
		at = next;
	}
	throw badRequest('Malformed multipart body.');
}
