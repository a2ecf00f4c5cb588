import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { scan } from '../../backup/scan/scan.ts';
import type { ScanOptions } from '../../backup/scan/types.ts';

/**
 * What a run would find, as one number: another one after anything has changed that a run looks at. Holds one folder at
 * a time.
 */
export async function fingerprint(options: ScanOptions): Promise<string> {
	const hash = createHash('sha256');
	for (const item of scan(options)) {
		if ('folder' in item) {
			hash.update(`${JSON.stringify(item.folder.path)}\n`);
			for (const { name, type, stat, link } of item.folder.children) {
				const { size, mode, ino, mtimeNs, ctimeNs } = stat;
				hash.update(`${JSON.stringify([name, type, link])} ${size} ${mode} ${ino} ${mtimeNs} ${ctimeNs}\n`);
			}
		} else if ('problem' in item) {
			hash.update(`${JSON.stringify([item.problem.path, item.problem.code])}\n`);
		}
		await setImmediate();
	}
	return hash.digest('hex');
}
