import type { DriveEmulator } from './emulator.ts';
import { FOLDER } from './types.ts';

/** All files in a folder and below it, by their paths, ascending; the trash left out. A name may be there twice. */
export function namesIn(drive: DriveEmulator, folder: string): { path: string; id: string }[] {
	const pathOf = (id: string): string => {
		const file = drive.state.files.get(id);
		if (!file) return '';
		const above = pathOf(file.parent);
		return above === '' ? file.name : `${above}/${file.name}`;
	};
	return drive
		.files()
		.filter((file) => file.mimeType !== FOLDER && !drive.state.isTrashed(file))
		.map(({ id }) => ({ path: pathOf(id), id }))
		.filter(({ path }) => path.startsWith(`${folder}/`))
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}
