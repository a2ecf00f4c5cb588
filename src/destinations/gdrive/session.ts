/**
 * Resumable upload sessions of Drive: bytes in order, in multiples of 256 KiB but for the last. The address of a session
 * is a secret: who has it can write.
 */

import type { Pace } from '../destination.ts';
import type { DriveAnswer, DriveClient } from './client.ts';
import { sessionAddress } from './endpoints.ts';
import { notDrive } from './errors.ts';
import { type DriveFile, FILE_FIELDS, type NewFile } from './files.ts';
import { COST } from './quota.ts';

export const GRANULE = 256 * 1024;

/** `gone`: a week old, given up, or long done. Drive says when; a clock of ours may be wrong. */
export type SessionState = { kind: 'open'; persisted: number } | { kind: 'done'; file: DriveFile } | { kind: 'gone' };

interface Options {
	doing: string;
	signal?: AbortSignal | undefined;
	pace?: Pace | undefined;
	onProgress?: ((sent: number) => void) | undefined;
}

/** Begins a session for a file and gives its address; undefined when there is a file of this id already. */
export async function beginSession(client: DriveClient, file: NewFile, options: Options): Promise<string | undefined> {
	const { doing, signal } = options;
	const answer = await client.send({
		address: `${client.endpoints.upload}/files`,
		query: { uploadType: 'resumable', fields: FILE_FIELDS },
		method: 'POST',
		headers: { 'content-type': 'application/json; charset=UTF-8', 'x-upload-content-type': file.mimeType },
		body: Buffer.from(JSON.stringify(file)),
		cost: COST.write,
		isUpload: true,
		expects: [409],
		doing,
		signal,
	});
	await answer.drop();
	if (answer.status === 409) return undefined;
	const location = answer.headers.get('location');
	const address = location ? sessionAddress(client.endpoints.upload, location) : undefined;
	if (address === undefined) throw notDrive(client.place, doing);
	return address;
}

/**
 * Sends bytes to a session.
 * @param range where they belong; `total` is that of the whole file, known with its last bytes
 */
export async function sendBytes(
	client: DriveClient,
	address: string,
	body: Uint8Array,
	range: { start: number; total: number | undefined },
	options: Options,
): Promise<SessionState> {
	const { start, total } = range;
	const bytes = body.length === 0 ? '*' : `${start}-${start + body.length - 1}`;
	const answer = await client.send({
		...options,
		address,
		method: 'PUT',
		headers: { 'content-range': `bytes ${bytes}/${total ?? '*'}` },
		body,
		cost: COST.other,
		isUpload: true,
		expects: [308, 404, 410],
	});
	return stateOf(client, answer, options.doing);
}

/** What a session has persisted. With the total known this also ends one that has everything. */
export function askSession(
	client: DriveClient,
	address: string,
	total: number | undefined,
	options: Options,
): Promise<SessionState> {
	return sendBytes(client, address, Buffer.alloc(0), { start: 0, total }, options);
}

/** Gives a session up; whatever it answers, it is of no use any more. */
export async function endSession(client: DriveClient, address: string, doing: string): Promise<void> {
	const answer = await client.send({
		address,
		method: 'DELETE',
		cost: COST.other,
		expects: [400, 404, 410, 499],
		doing,
	});
	await answer.drop();
}

/** Sends a whole file through a new session; undefined when one of its id is there already. */
export async function sendWhole(
	client: DriveClient,
	address: string | undefined,
	body: Uint8Array,
	options: Options,
): Promise<DriveFile | undefined> {
	if (address === undefined) return undefined;
	let start = 0;
	for (;;) {
		const state = await sendBytes(client, address, body.subarray(start), { start, total: body.length }, options);
		if (state.kind === 'done') return state.file;
		if (state.kind === 'gone' || state.persisted <= start) throw notDrive(client.place, options.doing);
		start = state.persisted;
	}
}

async function stateOf(client: DriveClient, answer: DriveAnswer, doing: string): Promise<SessionState> {
	if (answer.status === 404 || answer.status === 410) {
		await answer.drop();
		return { kind: 'gone' };
	}
	if (answer.status === 308) {
		await answer.drop();
		const persisted = persistedOf(answer.headers.get('range'));
		if (persisted === undefined) throw notDrive(client.place, doing);
		return { kind: 'open', persisted };
	}
	const file = (await answer.json()) as DriveFile;
	if (typeof file?.id !== 'string') throw notDrive(client.place, doing);
	return { kind: 'done', file };
}

/** `bytes=0-41` is 42; without the header nothing is persisted. Undefined for what is no such range. */
export function persistedOf(range: string | null): number | undefined {
	if (range === null) return 0;
	const last = /^bytes=0-(\d+)$/.exec(range)?.[1];
	return last === undefined ? undefined : Number(last) + 1;
}
