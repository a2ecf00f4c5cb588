/** The beginning of a resumable upload: https://developers.google.com/workspace/drive/api/guides/manage-uploads */

import { type Call, header, jsonOf, type Reply } from '../call.ts';
import { badRequest } from '../errors.ts';
import { checkedMetadata } from '../files/metadata.ts';
import { checkLimits } from './limits.ts';

const MAX_SIZE = 5_497_558_138_880;

/** POST /upload/drive/v3/files or PATCH /upload/drive/v3/files/ID, with uploadType=resumable. */
export async function startUpload(call: Call): Promise<Reply> {
	const { state, query, project } = call;
	const updates = call.fileId === undefined ? undefined : state.fileOf(call.fileId, project).id;
	const metadata = checkedMetadata(await jsonOf(call), updates === undefined ? 'create' : 'update');
	const length = header(call, 'x-upload-content-length');
	if (length !== undefined && !(/^\d+$/.test(length) && Number(length) <= MAX_SIZE)) {
		throw badRequest('Invalid X-Upload-Content-Length.');
	}
	const total = length === undefined ? undefined : Number(length);
	checkLimits(call, total ?? 0);
	if (updates === undefined) {
		if (metadata.id !== undefined) state.claimId(metadata.id);
		state.folderOf(metadata.parents?.[0] ?? 'root', project);
	}
	const contentType = header(call, 'x-upload-content-type');
	const fields = query.get('fields');
	const session = state.openSession({
		project,
		begun: call.clock.now(),
		updates,
		metadata,
		fields,
		contentType,
		total,
	});
	call.log.session = session.number;
	const address = new URL(`${call.base}/upload/drive/v3/files${updates === undefined ? '' : `/${updates}`}`);
	address.searchParams.set('uploadType', 'resumable');
	address.searchParams.set('upload_id', session.secret);
	return { status: 200, headers: { location: address.href, 'x-guploader-uploadid': session.secret } };
}
