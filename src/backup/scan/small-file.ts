import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoCode } from '../../core/errors.ts';

/**
 * The first `limit` bytes of a regular file that steers the scan, or undefined where there is no such file. Symlinks
 * are not followed and a FIFO does not block, so nobody can make the scan read or wait for something else.
 * @throws the system's error where the file exists but cannot be read
 */
export function readSmallFile(path: string | Buffer, limit: number): Buffer | undefined {
	let fd: number;
	try {
		fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		// ELOOP: a symlink. ENXIO: a socket.
		if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(errnoCode(error) ?? '')) return undefined;
		throw error;
	}
	try {
		if (!fstatSync(fd).isFile()) return undefined;
		const bytes = Buffer.allocUnsafe(limit);
		let length = 0;
		while (length < limit) {
			const read = readSync(fd, bytes, length, limit - length, null);
			if (read === 0) break;
			length += read;
		}
		return bytes.subarray(0, length);
	} finally {
		closeSync(fd);
	}
}
