/** What a plain object says of its file, so that other tools can use it: names and forms are those of rclone. Pure. */

const S_IFREG = 0o100000;
const SECOND = 1_000_000_000n;

export function objectMetadata(stat: {
	mode: bigint;
	uid: bigint;
	gid: bigint;
	mtimeNs: bigint;
}): Record<string, string> {
	return {
		mtime: seconds(stat.mtimeNs),
		mode: (S_IFREG | (Number(stat.mode) & 0o7777)).toString(8),
		uid: String(stat.uid),
		gid: String(stat.gid),
	};
}

/** `1700000001.123456789`, without zeros at its end. */
function seconds(ns: bigint): string {
	const sign = ns < 0n ? '-' : '';
	const size = ns < 0n ? -ns : ns;
	const fraction = String(size % SECOND)
		.padStart(9, '0')
		.replace(/0+$/, '');
	return `${sign}${size / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
}
