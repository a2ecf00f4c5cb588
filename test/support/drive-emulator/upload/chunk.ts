/** Chunks of a resumable upload, and the question how far it has come. */

import type { Call, Reply } from '../call.ts';
import { ConnectionCut, DriveError, UploadServerError } from '../errors.ts';
import { selected } from '../fields.ts';
import { DEFAULT_FIELDS, FILE_FIELDS, resourceOf } from '../files/resource.ts';
import { changed, made } from '../files/write.ts';
import { type Session, UNIT, WEEK } from '../types.ts';
import { badRange, type Chunk, rangeOf } from './content-range.ts';
import { checkDay, checkRoom } from './limits.ts';
import { flipped } from './receive.ts';

/** PUT to the address of a session. */
export async function uploadChunk(call: Call): Promise<Reply> {
	const session = sessionOf(call);
	const range = rangeOf(call);
	if (range.total !== undefined) setTotal(session, range.total);
	if (session.finished !== undefined) return finishedReply(call, session);
	if (range.start === undefined) {
		return range.total === session.persisted ? finish(call, session) : incomplete(session);
	}
	checkChunk(call, session, range);
	return (await take(call, session, range)) ? finish(call, session) : incomplete(session);
}

/** DELETE of a session: the client gives it up. 499 is what Google answers. */
export function cancelUpload(call: Call): Reply {
	const session = sessionOf(call);
	call.state.sessions.delete(session.secret);
	if (session.finished === undefined) session.writer.discard();
	return { status: 499, headers: { 'content-length': '0' } };
}

/** No Authorization is asked for: whoever knows the address may write. @throws DriveError 404 also after a week */
function sessionOf(call: Call): Session {
	const session = call.state.sessions.get(call.query.get('upload_id') ?? '');
	if (session) call.log.session = session.number;
	const alive = session && call.clock.now() - session.begun < WEEK && call.fault?.kind !== 'forget-session';
	if (!alive || session.updates !== call.fileId) {
		if (session) call.state.sessions.delete(session.secret);
		throw new DriveError(404, 'notFound', 'Upload session not found.');
	}
	// Whatever an older request still has to say comes too late.
	session.owner = Symbol();
	return session;
}

/** @throws UploadServerError 400 when the upload was said to have another size, or has more bytes already */
function setTotal(session: Session, total: number): void {
	if (session.total !== undefined && session.total !== total) {
		const text = `the final size ${total} does not match the expected size ${session.total}`;
		throw new UploadServerError(400, `Invalid request.  According to the Content-Range header, ${text}.`);
	}
	if (total < session.persisted) throw badRange();
	session.total = total;
}

function incomplete(session: Session): Reply {
	const range = session.persisted === 0 ? {} : { range: `bytes=0-${session.persisted - 1}` };
	return { status: 308, headers: { ...range, 'content-length': '0' } };
}

/**
 * @throws UploadServerError 503 for a chunk beyond what was persisted, 400 for one that is no multiple of 256 KiB and not the
 * last; both in Google's own words. DriveError when there is no room.
 */
function checkChunk(call: Call, session: Session, { start, end, total }: Chunk): void {
	if (start > session.persisted) {
		throw new UploadServerError(
			503,
			`Invalid request.  According to the Content-Range header, the upload offset is ${start} byte(s), which exceeds ` +
				`already uploaded size of ${session.persisted} byte(s).`,
		);
	}
	const size = end - start;
	const odd = end !== total && size % UNIT !== 0;
	if (odd && (size < UNIT || call.settings.oddChunks === 'refused')) {
		throw new UploadServerError(
			400,
			'Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, except for the ' +
				"final request (it's recommended to be the exact multiple of 262144).  The received request contained " +
				`${size} bytes, which does not meet this requirement.`,
		);
	}
	checkDay(call);
	if (call.settings.refusesFull === 'chunk') checkRoom(call, end);
}

/**
 * Takes bytes in, unit by unit, so that what has come before a cut is persisted.
 * @returns whether the upload has all its bytes
 * @throws ConnectionCut for a fault, or when a newer request came for the session
 */
async function take(call: Call, session: Session, { start, end, total }: Chunk): Promise<boolean> {
	const { fault, log } = call;
	const mine = session.owner;
	const limit = fault?.kind === 'persist' ? session.persisted + fault.units * UNIT : end;
	// Bytes that are there already are passed over.
	let passOver = session.persisted - start;
	let held: Buffer = Buffer.alloc(0);
	for await (const raw of call.request as AsyncIterable<Buffer>) {
		log.bytesIn += raw.length;
		if (session.owner !== mine) throw new ConnectionCut();
		if (log.bytesIn > end - start) throw badRange();
		const fresh = raw.subarray(Math.min(raw.length, passOver));
		passOver -= raw.length - fresh.length;
		log.bytesTwice += raw.length - fresh.length;
		held = Buffer.concat([held, fresh]);
		while (held.length >= UNIT && session.persisted < limit) {
			keep(call, session, held.subarray(0, UNIT), start);
			held = held.subarray(UNIT);
		}
		if (fault?.kind === 'persist' && fault.ends === 'cut' && session.persisted >= limit) throw new ConnectionCut();
		if (fault?.kind === 'cut-request' && log.bytesIn >= fault.afterBytes) throw new ConnectionCut();
	}
	if (session.owner !== mine) throw new ConnectionCut();
	if (log.bytesIn !== end - start) throw badRange();
	if (fault?.kind === 'persist') {
		if (fault.ends === 'cut') throw new ConnectionCut();
		return false;
	}
	if (end !== total) return false;
	if (held.length > 0) keep(call, session, held, start);
	return true;
}

function keep(call: Call, session: Session, bytes: Buffer, start: number): void {
	const damages = (kind: string) => call.fault?.kind === kind && session.persisted === start;
	const kept = damages('damage-received') ? flipped(bytes) : bytes;
	for (const hash of Object.values(session.hashes)) hash.update(kept);
	session.writer.write(damages('damage-stored') ? flipped(kept) : kept);
	session.persisted += kept.length;
	call.state.countUpload(kept.length, call.clock.now());
}

function finish(call: Call, session: Session): Reply {
	const { hashes, persisted: size } = session;
	checkRoom(call, size);
	// When another upload has taken its id or its folder has gone, it is lost.
	call.state.sessions.delete(session.secret);
	const [md5, sha1, sha256] = [hashes.md5, hashes.sha1, hashes.sha256].map((hash) => hash.copy().digest('hex'));
	const content = { blob: session.writer.end(), size, md5: md5!, sha1: sha1!, sha256: sha256! };
	const { project, metadata, contentType, updates } = session;
	const file =
		updates === undefined
			? made(call, project, metadata, content, contentType)
			: changed(call, call.state.fileOf(updates, project), metadata, content);
	session.finished = file.id;
	call.state.sessions.set(session.secret, session);
	return finishedReply(call, session);
}

/** The file that a session came to; also for a last chunk or a question that comes again. */
function finishedReply(call: Call, session: Session): Reply {
	const file = call.state.fileOf(session.finished, session.project);
	call.log.fileId = file.id;
	const fields = session.fields ?? DEFAULT_FIELDS;
	return { status: 200, body: selected(resourceOf(call, file), fields, FILE_FIELDS) };
}
