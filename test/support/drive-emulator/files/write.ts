/** Files and folders made, changed and removed. */

import { type Call, jsonOf, type Reply } from '../call.ts';
import { badRequest, DriveError } from '../errors.ts';
import { type Content, type DriveFile, FOLDER, type Metadata } from '../types.ts';
import { checkedMetadata, mergedProperties } from './metadata.ts';
import { fileReply } from './resource.ts';

/** POST /drive/v3/files: metadata only, so an empty file or a folder. */
export async function createFile(call: Call): Promise<Reply> {
	const metadata = checkedMetadata(await jsonOf(call), 'create');
	return fileReply(call, made(call, call.project, metadata, undefined, undefined));
}

/** PATCH /drive/v3/files/ID */
export async function updateFile(call: Call): Promise<Reply> {
	const metadata = checkedMetadata(await jsonOf(call), 'update');
	return fileReply(call, changed(call, call.state.fileOf(call.fileId, call.project), metadata, undefined));
}

/** DELETE /drive/v3/files/ID: for good, past the trash, a folder with all that is in it. */
export function deleteFile(call: Call): Reply {
	call.state.remove(call.state.fileOf(call.fileId, call.project));
	return { status: 204 };
}

/** GET /drive/v3/files/generateIds */
export function generateIds(call: Call): Reply {
	const count = Number(call.query.get('count') ?? 10);
	if (!Number.isInteger(count) || count < 1 || count > 1000) throw badRequest('Invalid value for count.', 'count');
	const space = call.query.get('space') ?? 'drive';
	if (space !== 'drive') throw badRequest(`The space ${space} is not emulated.`, 'space');
	const ids = Array.from({ length: count }, () => call.state.reserveId());
	return { status: 200, body: { kind: 'drive#generatedIds', space, ids } };
}

/**
 * Makes a file.
 * @param contentType of the bytes, for metadata without a type
 * @throws DriveError, e.g. 409 for an id that is in use and 404 for a folder that is not there
 */
export function made(
	call: Call,
	project: string,
	metadata: Metadata,
	content: Content | undefined,
	contentType: string | undefined,
): DriveFile {
	const { state, clock } = call;
	const id = state.claimId(metadata.id);
	const now = clock.now();
	const mimeType = metadata.mimeType ?? contentType ?? 'application/octet-stream';
	if (mimeType === FOLDER && content) throw badRequest('A folder has no content.', 'mimeType');
	const file: DriveFile = {
		id,
		project,
		name: metadata.name ?? 'Untitled',
		mimeType,
		parent: state.folderOf(metadata.parents?.[0] ?? 'root', project),
		appProperties: mergedProperties({}, metadata.appProperties),
		description: metadata.description,
		createdTime: metadata.createdTime === undefined ? now : Date.parse(metadata.createdTime),
		modifiedTime: metadata.modifiedTime === undefined ? now : Date.parse(metadata.modifiedTime),
		trashed: false,
		content: content ?? (mimeType.startsWith('application/vnd.google-apps.') ? undefined : EMPTY),
		revision: 1,
	};
	state.files.set(id, file);
	state.reserved.delete(id);
	return file;
}

/** Changes a file, with `addParents` and `removeParents` of the request. @throws DriveError */
export function changed(call: Call, file: DriveFile, metadata: Metadata, content: Content | undefined): DriveFile {
	const { state, query } = call;
	const parent = moved(call, file, query.get('addParents'), query.get('removeParents'));
	const appProperties = mergedProperties(file.appProperties, metadata.appProperties);
	if (content && file.mimeType === FOLDER) throw badRequest('A folder has no content.');
	if (content && file.content?.blob) state.blobs.remove(file.content.blob);
	const now = call.clock.now();
	Object.assign(file, {
		parent,
		appProperties,
		name: metadata.name ?? file.name,
		mimeType: metadata.mimeType ?? file.mimeType,
		description: metadata.description ?? file.description,
		trashed: metadata.trashed ?? file.trashed,
		modifiedTime: metadata.modifiedTime === undefined ? now : Date.parse(metadata.modifiedTime),
		content: content ?? file.content,
		revision: file.revision + 1,
	} satisfies Partial<DriveFile>);
	return file;
}

function moved(call: Call, file: DriveFile, add: string | null, remove: string | null): string {
	const { state } = call;
	const gone = (remove ?? '').split(',').filter((id) => id !== '');
	const come = (add ?? '').split(',').filter((id) => id !== '');
	const [into] = come;
	if (into === undefined) {
		if (gone.length > 0) throw new DriveError(403, 'cannotRemoveParent', 'A file must keep a parent.', 'removeParents');
		return file.parent;
	}
	const parent = state.folderOf(into, call.project);
	const leaves = gone.map((id) => (id === 'root' ? state.rootId : id)).includes(file.parent);
	if (come.length > 1 || (parent !== file.parent && !leaves)) {
		throw new DriveError(403, 'cannotAddParent', 'Increasing the number of parents is not allowed.', 'addParents');
	}
	for (let up = state.files.get(parent); up; up = state.files.get(up.parent)) {
		if (up.id === file.id) throw new DriveError(403, 'cyclicMembershipsNotAllowed', 'A folder cannot be in itself.');
	}
	return parent;
}

/** Of no bytes. */
export const EMPTY: Content = {
	blob: undefined,
	size: 0,
	md5: 'd41d8cd98f00b204e9800998ecf8427e',
	sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
	sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};
