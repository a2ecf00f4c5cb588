import type { Call, Reply } from './call.ts';
import { DriveError } from './errors.ts';
import { about, download, getFile, listFiles } from './files/read.ts';
import { createFile, deleteFile, generateIds, updateFile } from './files/write.ts';
import { authorize } from './oauth/authorize.ts';
import { deviceCode, devicePage } from './oauth/device.ts';
import { revoke, token } from './oauth/token.ts';
import { cancelUpload, uploadChunk } from './upload/chunk.ts';
import { uploadMultipart } from './upload/multipart.ts';
import { startUpload } from './upload/start.ts';

const OPERATIONS: Record<string, (call: Call) => Reply | Promise<Reply>> = {
	DeviceCode: deviceCode,
	DevicePage: devicePage,
	Authorize: authorize,
	Token: token,
	Revoke: revoke,
	About: about,
	GenerateIds: generateIds,
	CreateFile: createFile,
	GetFile: getFile,
	Download: download,
	ListFiles: listFiles,
	UpdateFile: updateFile,
	DeleteFile: deleteFile,
	StartUpload: startUpload,
	UploadMultipart: uploadMultipart,
	UploadChunk: uploadChunk,
	UploadStatus: uploadChunk,
	CancelUpload: cancelUpload,
};

/** What needs no access token: signing in, and a session, whose address is a secret itself. */
const OPEN = new Set([
	'DeviceCode',
	'DevicePage',
	'Authorize',
	'Token',
	'Revoke',
	'UploadChunk',
	'UploadStatus',
	'CancelUpload',
]);

export const needsToken = (operation: string) => !OPEN.has(operation);

export interface Route {
	operation: string;
	fileId: string | undefined;
}

const FILES = /^(\/upload)?\/drive\/v3\/files(?:\/([^/]+))?$/;
const SIMPLE: Record<string, string> = {
	'POST /device/code': 'DeviceCode',
	'GET /device': 'DevicePage',
	'POST /device': 'DevicePage',
	'GET /auth': 'Authorize',
	'POST /token': 'Token',
	'POST /revoke': 'Revoke',
	'GET /drive/v3/about': 'About',
	'GET /drive/v3/files/generateIds': 'GenerateIds',
};

/** The operation that a request asks for; `Unknown` when there is none. */
export function routeOf(method: string, path: string, query: URLSearchParams, contentRange: string | undefined): Route {
	const simple = SIMPLE[`${method} ${path}`];
	if (simple) return { operation: simple, fileId: undefined };
	const found = FILES.exec(path);
	if (!found) return { operation: 'Unknown', fileId: undefined };
	const fileId = found[2] === undefined ? undefined : decodeURIComponent(found[2]);
	const operation = found[1] ? uploadOf(method, query, contentRange, fileId) : plainOf(method, query, fileId);
	return { operation, fileId };
}

function uploadOf(method: string, query: URLSearchParams, contentRange: string | undefined, fileId?: string): string {
	const type = query.get('uploadType');
	if (query.has('upload_id')) {
		if (method === 'DELETE') return 'CancelUpload';
		if (method !== 'PUT') return 'Unknown';
		return contentRange?.startsWith('bytes */') ? 'UploadStatus' : 'UploadChunk';
	}
	if (method !== (fileId === undefined ? 'POST' : 'PATCH')) return 'Unknown';
	if (type === 'resumable') return 'StartUpload';
	return type === 'multipart' ? 'UploadMultipart' : 'Unknown';
}

function plainOf(method: string, query: URLSearchParams, fileId: string | undefined): string {
	if (fileId === undefined) return { GET: 'ListFiles', POST: 'CreateFile' }[method] ?? 'Unknown';
	if (method === 'GET') return query.get('alt') === 'media' ? 'Download' : 'GetFile';
	return { PATCH: 'UpdateFile', DELETE: 'DeleteFile' }[method] ?? 'Unknown';
}

/** @throws DriveError, OAuthError, UploadServerError */
export async function perform(call: Call): Promise<Reply> {
	const operation = OPERATIONS[call.operation];
	if (!operation) throw new DriveError(404, 'notFound', 'The requested URL was not found on this server.');
	return operation(call);
}
