/** What a client may ask: one file, its bytes, lists, and the account. */

import { randomBytes } from 'node:crypto';
import { type Call, header, type Reply } from '../call.ts';
import { badRequest, DriveError } from '../errors.ts';
import { type Known, selected } from '../fields.ts';
import type { DriveFile } from '../types.ts';
import { parsedOrder, parsedQuery } from './query.ts';
import { FILE_FIELDS, fileReply, resourceOf } from './resource.ts';

/** GET /drive/v3/files/ID */
export const getFile = (call: Call): Reply => fileReply(call, call.state.fileOf(call.fileId, call.project));

/** GET /drive/v3/files/ID?alt=media, with one Range or none. */
export function download(call: Call): Reply {
	const file = call.state.fileOf(call.fileId, call.project);
	const { content } = file;
	if (!content) {
		const text = 'Only files with binary content can be downloaded. Use Export with Docs Editors files.';
		throw new DriveError(403, 'fileNotDownloadable', text, 'alt');
	}
	const { size } = content;
	const asked = /^bytes=(\d*)-(\d*)$/.exec(header(call, 'range') ?? '');
	let [start, end] = [0, size];
	const ranged = asked !== null && (asked[1] !== '' || asked[2] !== '');
	if (ranged) {
		const [, first = '', last = ''] = asked;
		if (first === '') start = Math.max(0, size - Number(last));
		else {
			start = Number(first);
			end = last === '' ? size : Math.min(size, Number(last) + 1);
		}
		if (start >= size || start >= end) {
			return {
				status: 416,
				headers: { 'content-range': `bytes */${size}`, 'content-type': 'text/html; charset=utf-8' },
				body: 'Request range not satisfiable',
			};
		}
	}
	return {
		status: ranged ? 206 : 200,
		headers: {
			'content-type': file.mimeType,
			...(ranged ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
		},
		length: end - start,
		body: bytesOf(call, file, start, end),
	};
}

async function* bytesOf(call: Call, file: DriveFile, start: number, end: number): AsyncGenerator<Uint8Array> {
	const blob = file.content?.blob;
	if (!blob) return;
	let damaged = call.fault?.kind !== 'damage-answer';
	for await (const chunk of call.state.blobs.read(blob, start, end)) {
		if (damaged) yield chunk;
		else {
			const copy = Buffer.from(chunk);
			copy[0]! ^= 1;
			damaged = true;
			yield copy;
		}
	}
}

const LIST_FIELDS: Known = {
	kind: true,
	nextPageToken: true,
	incompleteSearch: true,
	files: FILE_FIELDS,
};
/** Without `fields` a list has neither sizes nor times nor properties. */
const DEFAULT_LIST = 'kind,nextPageToken,incompleteSearch,files(kind,id,name,mimeType)';

/** GET /drive/v3/files. What is not asked for in `fields` is not answered: not even nextPageToken. */
export function listFiles(call: Call): Reply {
	const { query, state, settings } = call;
	const pageSize = Number(query.get('pageSize') ?? 100);
	if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
		throw badRequest('Invalid value. Values must be within the range: [1, 1000]', 'pageSize');
	}
	const q = query.get('q') ?? '';
	const question = JSON.stringify([q, query.get('orderBy'), call.project]);
	const isTrashed = (file: DriveFile) => state.isTrashed(file);
	const parentOf = (id: string) => (isRoot(id) ? state.rootId : state.fileOf(id, call.project).id);
	const isRoot = (id: string) => id === 'root' || id === state.rootId;
	const test = q === '' ? () => true : parsedQuery(q, { parentOf, isTrashed });
	const order = parsedOrder(query.get('orderBy'));
	const visible = (file: DriveFile) => call.fault?.kind !== 'stale-list' && file.project === call.project && test(file);
	const pageToken = query.get('pageToken');
	let rest: DriveFile[];
	if (pageToken === null) rest = [...state.files.values()].filter(visible).sort(order);
	else {
		const page = state.pages.get(pageToken);
		if (page?.question !== question) throw badRequest('Invalid Value', 'pageToken');
		rest = page.ids.flatMap((id) => state.files.get(id) ?? []).filter(visible);
	}
	const size = Math.min(pageSize, settings.maxPageSize);
	const answer: Record<string, unknown> = {
		kind: 'drive#fileList',
		incompleteSearch: false,
		files: rest.slice(0, size).map((file) => resourceOf(call, file)),
	};
	if (rest.length > size) {
		const token = `~!!~${randomBytes(24).toString('base64url')}`;
		state.pages.set(token, { question, ids: rest.slice(size).map((file) => file.id) });
		answer.nextPageToken = token;
	}
	return { status: 200, body: selected(answer, query.get('fields') ?? DEFAULT_LIST, LIST_FIELDS) };
}

const USER: Known = { kind: true, displayName: true, me: true, permissionId: true, emailAddress: true };
const QUOTA: Known = { limit: true, usage: true, usageInDrive: true, usageInDriveTrash: true };
const ABOUT_FIELDS: Known = { kind: true, user: USER, storageQuota: QUOTA, maxUploadSize: true };

/** The account that everything belongs to. */
export const ACCOUNT = { displayName: 'Erika Mustermann', emailAddress: 'erika@example.com' };

/** GET /drive/v3/about; Drive wants `fields` here. */
export function about(call: Call): Reply {
	const fields = call.query.get('fields');
	if (!fields) {
		throw new DriveError(400, 'required', "The 'fields' parameter is required for this method.", 'fields');
	}
	const { all, trashed } = call.state.usage();
	const { storageLimit } = call.settings;
	const answer = {
		kind: 'drive#about',
		user: { kind: 'drive#user', ...ACCOUNT, me: true, permissionId: '00112233445566778899' },
		storageQuota: {
			...(storageLimit === undefined ? {} : { limit: String(storageLimit) }),
			usage: String(all),
			usageInDrive: String(all),
			usageInDriveTrash: String(trashed),
		},
		maxUploadSize: '5497558138880',
	};
	return { status: 200, body: selected(answer, fields, ABOUT_FIELDS) };
}
