import { readFile, realpath, stat, statfs } from 'node:fs/promises';
import type { Space } from '../../core/destination-test.ts';
import { parseMountinfo } from '../../core/mountinfo.ts';

/** What is free for this user where `path` lies, and on Linux what file system that is. @throws the system's error */
export async function spaceOf(path: string): Promise<Space> {
	const { bsize, bavail, blocks } = await statfs(path);
	return { free: bavail * bsize, total: blocks * bsize, ...(await mountOf(path)) };
}

/** By device and path: a device may be mounted twice, and btrfs gives each subvolume a device that the table lacks. */
async function mountOf(path: string): Promise<Pick<Space, 'fileSystem' | 'mountedAt'>> {
	const table = await readFile('/proc/self/mountinfo').catch(() => undefined);
	if (!table) return {};
	const [real, { dev }] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
	const above = parseMountinfo(table).filter(({ point }) => `${real}/`.startsWith(point === '/' ? '/' : `${point}/`));
	const onDevice = above.filter((mount) => mount.dev === dev);
	const longest = (onDevice.length > 0 ? onDevice : above).reduce<(typeof above)[number] | undefined>(
		(best, mount) => (best && best.point.length > mount.point.length ? best : mount),
		undefined,
	);
	return longest ? { fileSystem: longest.type, mountedAt: longest.point } : {};
}
