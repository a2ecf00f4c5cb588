/** Chunks of a resumable upload, and the question how far it has come. */

import { type Call, header, type Reply } from '../call.ts';
import { ConnectionCut, DriveError, UploadServerError } from '../errors.ts';
import { selected } from '../fields.ts';
import { DEFAULT_FIELDS, FILE_FIELDS, resourceOf } from '../files/resource.ts';
import { changed, made } from '../files/write.ts';
import { type Session, UNIT, WEEK } from '../types.ts';
import { checkRoom } from './limits.ts';
import { flipped } from './receive.ts';

interface ContentRange {
	/** Undefined in a question. */
	start: number | undefined;
	end: number;
	total: number | undefined;
}

/** PUT to the address of a session. */
export async function uploadChunk(call: Call): Promise<Reply> {
	const session = sessionOf(call);
	const range = rangeOf(call);
	checkTotal(session, range);
	if (session.finished !== undefined) return finishedReply(call, session);
	if (range.start === undefined) {
		if (Number(header(call, 'content-length') ?? 0) > 0) throw badRange();
		if (range.total !== undefined && range.total === session.persisted) return finish(call, session);
		return incomplete(session);
	}
	return take(call, session, { ...range, start: range.start });
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

const badRange = () => new UploadServerError(400, 'Failed to parse Content-Range header.');

function rangeOf(call: Call): ContentRange {
	const found = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header(call, 'content-range') ?? '');
	const length = header(call, 'content-length');
	if (!found) {
		// All in one request needs no Content-Range.
		if (header(call, 'content-range') !== undefined || length === undefined) throw badRange();
		return { start: 0, end: Number(length), total: Number(length) };
	}
	const total = found[3] === '*' ? undefined : Number(found[3]);
	if (found[1] === undefined) return { start: undefined, end: 0, total };
	const range = { start: Number(found[1]), end: Number(found[2]) + 1, total };
	const fits = length === undefined || Number(length) === range.end - range.start;
	if (range.end <= range.start || !fits || (total !== undefined && range.end > total)) throw badRange();
	return range;
}

function checkTotal(session: Session, { total, end }: ContentRange): void {
	if (total === undefined) return;
	if (session.total !== undefined && session.total !== total) {
		const text = `the final size ${total} does not match the expected size ${session.total}`;
		throw new UploadServerError(400, `Invalid request.  According to the Content-Range header, ${text}.`);
	}
	if (total < session.persisted || end > total) throw badRange();
	session.total = total;
}

function incomplete(session: Session): Reply {
	const range = session.persisted === 0 ? {} : { range: `bytes=0-${session.persisted - 1}` };
	return { status: 308, headers: { ...range, 'content-length': '0' } };
}

/** Takes bytes in, unit by unit, so that what has come before a cut is persisted. */
async function take(call: Call, session: Session, range: ContentRange & { start: number }): Promise<Reply> {
	const { start, end, total } = range;
	if (start > session.persisted) {
		throw new UploadServerError(
			503,
			`Invalid request.  According to the Content-Range header, the upload offset is ${start} byte(s), which exceeds ` +
				`already uploaded size of ${session.persisted} byte(s).`,
		);
	}
	const isLast = end === total;
	const size = end - start;
	const odd = !isLast && size % UNIT !== 0;
	if (odd && (size < UNIT || call.settings.oddChunks === 'refused')) {
		throw new UploadServerError(
			400,
			'Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, except for the ' +
				"final request (it's recommended to be the exact multiple of 262144).  The received request contained " +
				`${size} bytes, which does not meet this requirement.`,
		);
	}
	checkRoom(call, end);
	const { fault } = call;
	const mine = session.owner;
	const limit = fault?.kind === 'persist' ? session.persisted + fault.units * UNIT : end;
	// Bytes that are there already are passed over.
	let passOver = session.persisted - start;
	let held: Buffer[] = [];
	let heldSize = 0;
	const keep = (bytes: Buffer) => {
		const kept = fault?.kind === 'damage-received' && session.persisted === start ? flipped(bytes) : bytes;
		for (const hash of Object.values(session.hashes)) hash.update(kept);
		session.writer.write(fault?.kind === 'damage-stored' && session.persisted === start ? flipped(kept) : kept);
		session.persisted += kept.length;
		call.state.countUpload(kept.length, call.clock.now());
	};
	for await (const raw of call.request as AsyncIterable<Buffer>) {
		call.log.bytesIn += raw.length;
		if (session.owner !== mine) throw new ConnectionCut();
		const fresh = raw.subarray(Math.min(raw.length, passOver));
		passOver -= raw.length - fresh.length;
		held.push(fresh);
		heldSize += fresh.length;
		while (heldSize >= UNIT && session.persisted < limit) {
			const all = Buffer.concat(held);
			keep(all.subarray(0, UNIT));
			held = [all.subarray(UNIT)];
			heldSize -= UNIT;
		}
		if (fault?.kind === 'persist' && session.persisted >= limit && fault.ends === 'cut') throw new ConnectionCut();
		if (fault?.kind === 'cut-request' && call.log.bytesIn >= fault.afterBytes) throw new ConnectionCut();
	}
	if (session.owner !== mine) throw new ConnectionCut();
	if (fault?.kind === 'persist') {
		if (fault.ends === 'cut') throw new ConnectionCut();
		return incomplete(session);
	}
	if (!isLast) return incomplete(session);
	if (heldSize > 0) keep(Buffer.concat(held));
	return finish(call, session);
}

function finish(call: Call, session: Session): Reply {
	const { hashes, persisted: size } = session;
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
