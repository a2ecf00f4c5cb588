/** A file as the API shows it. */

import type { Call, Reply } from '../call.ts';
import type { Known } from '../fields.ts';
import { selected } from '../fields.ts';
import { type DriveFile, FOLDER } from '../types.ts';

const NAMES =
	'kind id name mimeType parents appProperties description createdTime modifiedTime trashed explicitlyTrashed size quotaBytesUsed ' +
	'md5Checksum sha1Checksum sha256Checksum headRevisionId version ownedByMe isAppAuthorized webViewLink resourceKey spaces';
/** What a file may be asked for. */
export const FILE_FIELDS: Known = {
	...Object.fromEntries(NAMES.split(' ').map((name) => [name, true as const])),
	appProperties: { '*': true },
};
/** What an answer has when nothing is asked for. */
export const DEFAULT_FIELDS = 'kind,id,name,mimeType';

/** All that is to be known of a file, with the faults that make an answer lie. */
export function resourceOf(call: Call, file: DriveFile): Record<string, unknown> {
	const { content } = file;
	const trashed = call.state.isTrashed(file);
	const shown: Record<string, unknown> = {
		kind: 'drive#file',
		id: file.id,
		name: file.name,
		mimeType: file.mimeType,
		parents: [file.parent],
		...(Object.keys(file.appProperties).length > 0 ? { appProperties: { ...file.appProperties } } : {}),
		...(file.description === undefined ? {} : { description: file.description }),
		createdTime: new Date(file.createdTime).toISOString(),
		modifiedTime: new Date(file.modifiedTime).toISOString(),
		trashed,
		explicitlyTrashed: file.trashed,
		quotaBytesUsed: String(content?.size ?? 0),
		version: String(file.revision),
		ownedByMe: true,
		isAppAuthorized: true,
		spaces: ['drive'],
		webViewLink:
			file.mimeType === FOLDER
				? `https://drive.google.com/drive/folders/${file.id}`
				: `https://drive.google.com/file/d/${file.id}/view?usp=drivesdk`,
	};
	if (!content) return shown;
	const { size, md5, sha1, sha256 } = content;
	const told = { size: String(size), md5Checksum: md5, sha1Checksum: sha1, sha256Checksum: sha256 };
	Object.assign(shown, told, { headRevisionId: `0B${file.id.slice(1)}` });
	switch (call.fault?.kind) {
		case 'wrong-checksum':
			for (const name of ['md5Checksum', 'sha1Checksum', 'sha256Checksum']) shown[name] = reversed(String(shown[name]));
			break;
		case 'wrong-size':
			shown.size = String(Math.max(0, size - 1));
			break;
		case 'no-checksum':
			delete shown.sha256Checksum;
			if (call.fault.which === 'all') {
				delete shown.md5Checksum;
				delete shown.sha1Checksum;
			}
	}
	return shown;
}

const reversed = (text: string) => [...text].reverse().join('');

/** The answer that shows one file. @param fields as the request asked, or null */
export function fileReply(call: Call, file: DriveFile, fields = call.query.get('fields')): Reply {
	return { status: 200, body: selected(resourceOf(call, file), fields ?? DEFAULT_FIELDS, FILE_FIELDS) };
}
