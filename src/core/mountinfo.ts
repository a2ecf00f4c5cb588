/** What Linux says of what is mounted where. Pure. */

import { decodePath } from './path-bytes.ts';

export interface Mount {
	dev: bigint;
	/** Absolute. */
	point: string;
	type: string;
}

/** The lines of /proc/self/mountinfo (proc(5)): `36 35 98:0 /root /mount\040point rw,… shared:1 - ext4 /dev/sda1 rw`. */
export function parseMountinfo(bytes: Uint8Array): Mount[] {
	const mounts: Mount[] = [];
	for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
		const [before, after] = line.split(' - ', 2);
		const fields = before!.split(' ');
		const [major, minor] = (fields[2] ?? '').split(':');
		if (after === undefined || !fields[4] || !minor) continue;
		mounts.push({
			dev: deviceNumber(BigInt(major!), BigInt(minor)),
			point: decodePath(Buffer.from(unescapeOctal(fields[4]), 'latin1')),
			type: unescapeOctal(after.split(' ', 1)[0]!),
		});
	}
	return mounts;
}

function unescapeOctal(text: string): string {
	return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** makedev(3) of glibc. */
function deviceNumber(major: bigint, minor: bigint): bigint {
	return ((major & 0xfffn) << 8n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n) | ((major & ~0xfffn) << 32n);
}
