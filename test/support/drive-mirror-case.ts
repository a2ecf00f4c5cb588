/** A mirror of `root`/source in the folder `Firn` of an emulated Google Drive, run in this process. */

import type { Job } from '../../src/config/job.ts';
import { type DriveEmulator, startDriveEmulator } from './drive-emulator/emulator.ts';
import { type DriveFile, FOLDER } from './drive-emulator/types.ts';
import { type MirrorCase, mirrorCase } from './store-mirror-case.ts';

export interface DriveMirrorCase extends MirrorCase {
	drive: DriveEmulator;
	/** Files and folders in the destination that are not in the trash, with their paths, ascending. */
	there: () => { path: string; file: DriveFile }[];
	/** The id of a folder; '' is the destination's own. */
	folderId: (path: string) => string;
	close: () => Promise<void>;
}

const TOP = 'Firn/';

export async function driveMirrorCase(root: string, job: Partial<Job> = {}): Promise<DriveMirrorCase> {
	const drive = await startDriveEmulator();
	Object.assign(process.env, drive.env);
	const destination = { url: 'gdrive:Firn', endpoint: drive.endpoint };
	const pathOf = (file: DriveFile): string => {
		const parent = drive.state.files.get(file.parent);
		return parent ? `${pathOf(parent)}/${file.name}` : file.name;
	};
	const there = () =>
		drive
			.files()
			.filter(({ trashed }) => !trashed)
			.map((file) => ({ path: pathOf(file), file }))
			.filter(({ path }) => path.startsWith(TOP))
			.map(({ path, file }) => ({ path: path.slice(TOP.length), file }))
			.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
	const objects = () => there().filter(({ file }) => file.mimeType !== FOLDER);
	const content = (key: string) => {
		const found = objects().find(({ path }) => path === key);
		if (!found) throw new Error(`Drive has no ${key}`);
		return drive.content(found.file.id);
	};
	const keys = () => objects().map(({ path }) => path);
	const folderId = (path: string) => {
		const wanted = path === '' ? drive.named('Firn')[0] : there().find((one) => one.path === path)?.file;
		if (wanted?.mimeType !== FOLDER) throw new Error(`Drive has no folder ${path}`);
		return wanted.id;
	};
	return {
		...mirrorCase(root, { destination, ...job }, { keys, content }),
		drive,
		there,
		folderId,
		close: () => drive.close(),
	};
}
