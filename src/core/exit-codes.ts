/** What a command's exit code says; scripts rely on it. */
export const EXIT = {
	ok: 0,
	failed: 1,
	usage: 2,
	/** Finished, but some files could not be read. */
	partial: 3,
	interrupted: 130,
} as const;
