import type { ScanItem } from '../scan/scan.ts';
import type { Folder } from '../scan/types.ts';
import type { RunNews } from './run-news.ts';

/** How long a scan may go on before the pack threads are listened to, in ms. */
const SLICE_MS = 15;

export interface SliceOptions {
	news: RunNews;
	onFolder: (folder: Folder) => void;
	/** Whether the scan has to wait now. */
	isFull?: () => boolean;
	/** Called between slices; the scan goes on when it resolves. */
	between: () => Promise<void>;
}

/** Goes through a scan in short slices. @throws as `between` */
export async function scanInSlices(items: Iterable<ScanItem>, options: SliceOptions): Promise<void> {
	const { news, onFolder, isFull = () => false, between } = options;
	let sliceEnd = Date.now() + SLICE_MS;
	for (const item of items) {
		if ('problem' in item) news.problem(item.problem);
		else if ('skipped' in item) news.skipped(item.skipped);
		else onFolder(item.folder);
		if (Date.now() < sliceEnd && !isFull()) continue;
		await between();
		sliceEnd = Date.now() + SLICE_MS;
	}
}
