/** Options that several verbs share. */

import { type Command, Option } from 'commander';

export const scheduleOptions = (command: Command) =>
	command
		.option('--schedule <when>', 'begin by itself: "daily 22:00", "weekly sun 22:00", "monthly 1 03:00", or cron')
		.option('--every <span>', 'begin by itself so long after the last run, such as 6h')
		.option('--on-change', 'begin by itself when the sources have changed')
		.option('--quiet-for <span>', 'with --on-change: when nothing has changed for so long (default 30s)')
		.option('--at-most <span>', 'with --on-change: but at the latest so long after the first change (default 10m)')
		.option('--jitter <span>', 'begin up to so much later')
		.option('--window <times>', 'let runs that began by themselves work at these times only: 22:00-06:00')
		.option('--hook-before <hook>', 'run a command (or POST to a URL) before a run; if it fails, there is none')
		.option('--hook-after <hook>', 'after a run, however it ended')
		.option('--on-success <hook>', 'when all is backed up')
		.option('--on-failure <hook>', 'when it failed, or some files are missing')
		.option('--on-thaw <hook>', 'when archives out of cold storage can be read')
		.option('--notify <hook>', 'the last three in one')
		.option('--hook-timeout <span>', 'the longest that a hook may take (default 10m)');

export const keepOptions = (command: Command) =>
	command
		.option('--keep-last <n>', 'keep the newest n snapshots')
		.option('--keep-daily <n>', 'keep the last snapshot of each of n days that have one')
		.option('--keep-weekly <n>', 'of n weeks')
		.option('--keep-monthly <n>', 'of n months')
		.option('--keep-yearly <n>', 'of n years');

/** Where and with what a destination is reached. */
export const placeOptions = (command: Command) =>
	command
		.option('--endpoint <url>', 'S3-compatible store, or what stands in front of Google')
		.option('--region <region>', 'S3 region')
		.option('--profile <name>', 'AWS profile')
		.option('--path-style', 'bucket in the path instead of the host name')
		.option('--credentials <name>', 'stored S3 keys (firn credentials), or a sign-in to Google Drive (firn gdrive)');

export const retentionOptions = (command: Command) =>
	keepOptions(command).option(
		'--prune-after-run',
		'keep to these rules after each complete run, where that costs nothing',
	);

export const jobOptions = (command: Command) =>
	placeOptions(
		command
			.option('--exclude <pattern>', 'leave out what matches, by gitignore rules (can be repeated)', collect)
			.option('--exclude-developer', 'leave out node_modules, .venv, __pycache__ and .git too')
			.option('--no-default-excludes', 'back up system clutter too (firn excludes lists it)')
			.option('--one-file-system', 'do not enter other file systems')
			.addOption(new Option('--compression <kind>', 'compress archives').choices(['none', 'gzip', 'zstd']))
			.option('--encrypt', 'encrypt (archives are unless you say otherwise, mirrors are not)')
			.option('--no-encrypt', 'do not encrypt')
			.option(
				'--recipient <age1…>',
				'encrypt for this age recipient instead of this machine (can be repeated)',
				collect,
			)
			.option('--split-size <size>', 'TAR bytes after which the next archive begins (default 1GiB)')
			.option('--part-size <size>', 'bytes of an upload part (default 16MiB)')
			.option('--workers <n>', 'archives made at the same time (default 2)')
			.option('--limit-upload <rate>', 'bytes a second, such as 10MiB, or off')
			.option('--storage-class <class>', 'S3 storage class of the archives, such as DEEP_ARCHIVE'),
	)
		.option('--trash', 'Google Drive: what is deleted goes to its trash, where it still takes space')
		.option('--no-trash', 'Google Drive: what is deleted is gone for good (default)')
		.addOption(new Option('--layout <layout>', 'how files are stored').choices(['archive', 'mirror']))
		.addOption(
			new Option('--deletions <what>', 'mirror: what becomes of files deleted at the source').choices([
				'keep',
				'move',
				'follow',
			]),
		);

export const existingOption = (): Option =>
	new Option('--existing <how>', 'what to do with other files that are there').choices(['keep', 'overwrite', 'newer']);

/** @param purpose what it is for, where that is not to open archives */
export const identityOption = (purpose = ''): Option =>
	new Option(
		'--identity <file>',
		`${purpose}age identity file, or - to paste one, if not this machine’s (can be repeated)`,
	).argParser(collect);

/** What a destination is called. */
export const DESTINATION = 'a folder, s3://BUCKET/PREFIX, or gdrive:FOLDER';

export const tierOption = (description: string): Option =>
	new Option('--tier <tier>', description).choices(['bulk', 'standard', 'expedited']);

/** What came before may be the `false` of a --no-… option. */
export function collect(value: string, before?: string[] | false): string[] {
	return [...(before || []), value];
}
