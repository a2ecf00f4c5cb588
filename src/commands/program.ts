/** The command line: verbs and options (names fixed by the design), and how errors become exit codes. */

import { Command, CommanderError, Option } from 'commander';
import { toFirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { HISTORY_STATUSES } from '../core/history.ts';
import { LOG_LEVELS } from '../core/log-entry.ts';
import { TASK_KINDS } from '../core/task.ts';
import { Context, type GlobalOptions, type Host } from './context.ts';
import { Output } from './output.ts';

/** Runs one command; gives the exit code. Never throws. */
export async function runCommand(argv: string[], host: Host): Promise<number> {
	let code: number = EXIT.ok;
	const program = buildProgram(host, (result) => {
		code = result;
	});
	// A reader that goes away (`firn show | head`) is no error.
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit(EXIT.ok);
	});
	try {
		await program.parseAsync(withCount(argv), { from: 'user' });
		return code;
	} catch (thrown) {
		if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
		const error = toFirnError(thrown);
		new Output(program.opts<GlobalOptions>()).error(error);
		return error.kind === 'usage' ? EXIT.usage : EXIT.failed;
	}
}

type Action<Options> = (context: Context, args: string[], options: Options) => Promise<number>;

function buildProgram(host: Host, setCode: (code: number) => void): Command {
	const program = new Command('firn')
		.description(
			'Packs folders into standard encrypted TAR archives and keeps them safe in a folder, in S3 or Google Drive.',
		)
		.version(host.version, '-V, --version', 'print the version')
		.option('--home <dir>', 'keep everything of Firn below this folder (or FIRN_HOME)')
		.option('--json', 'print JSON lines')
		.option('--passphrase-file <file>', 'open the vault of your keys with the passphrase in this file')
		.option('-q, --quiet', 'print only results and errors')
		.option('-y, --yes', 'answer questions with yes')
		.addOption(
			new Option('--color <mode>', 'colours: the terminal’s 16, none, or of high contrast').choices([
				'auto',
				'16',
				'mono',
				'contrast',
			]),
		)
		.option('--no-color', 'no colours (or NO_COLOR)')
		.option('--ascii', 'draw with plain characters only')
		.option('--accessible', 'the app in lines, for screen readers (or INK_SCREEN_READER=true)')
		.exitOverride()
		.showSuggestionAfterError()
		.configureHelp({ sortSubcommands: false, showGlobalOptions: true })
		.helpOption('-h, --help', 'print help')
		.helpCommand('help [command]', 'print help for a command');

	/** Each verb's code is loaded only when it runs. */
	function verb<Options>(
		usage: string,
		description: string,
		load: () => Promise<Action<Options>>,
		parent: Command = program,
	): Command {
		return parent
			.command(usage)
			.description(description)
			.action(async (...given: unknown[]) => {
				const command = given.at(-1) as Command;
				const context = new Context(host, program.opts<GlobalOptions>());
				const action = await load();
				setCode(await action(context, command.args, command.opts() as Options));
			});
	}

	program.action(async () => {
		const { startPage } = await import('./start-page.ts');
		setCode(await startPage(new Context(host, program.opts<GlobalOptions>())));
	});

	const scheduleOptions = (command: Command) =>
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
	const keepOptions = (command: Command) =>
		command
			.option('--keep-last <n>', 'keep the newest n snapshots')
			.option('--keep-daily <n>', 'keep the last snapshot of each of n days that have one')
			.option('--keep-weekly <n>', 'of n weeks')
			.option('--keep-monthly <n>', 'of n months')
			.option('--keep-yearly <n>', 'of n years');
	const retentionOptions = (command: Command) =>
		keepOptions(command).option(
			'--prune-after-run',
			'keep to these rules after each complete run, where that costs nothing',
		);
	const jobOptions = (command: Command) =>
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
			.option('--storage-class <class>', 'S3 storage class of the archives, such as DEEP_ARCHIVE')
			.option('--endpoint <url>', 'S3-compatible store')
			.option('--region <region>', 'S3 region')
			.option('--profile <name>', 'AWS profile')
			.option('--path-style', 'bucket in the path instead of the host name')
			.option('--credentials <name>', 'stored S3 keys (firn credentials) instead of those of the AWS tools')
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

	jobOptions(
		verb(
			'backup <what...>',
			'back up folders and files (with --to), or an existing job: all of it, or just the paths named after it',
			async () => (await import('./backup.ts')).backup,
		),
	)
		.option('--to <destination>', 'a folder, or s3://BUCKET/PREFIX')
		.option('--job <name>', 'name of the job (default: of the first folder)')
		.option('--full', 'pack unchanged files too')
		.option('--max-cost <usd>', 'do not begin if sending it costs more than this')
		.option('--checksum', 'mirror: compare content also where size and time are the same')
		.option('--confirm-deletions <n>', 'mirror: take over this many deletions, however many files are missing')
		.option('-n, --dry-run', 'only say what would be done')
		.option('--detach', 'do not wait for the end')
		.addHelpText(
			'after',
			'\nWithout --to the first argument is a job, also where a path has that name; more arguments are paths that are\nbacked up alone with it. They may lie outside of its sources, or be excluded: then they stay in its snapshots until\nfirn jobs edit JOB --forget PATH.',
		);
	verb(
		'resume [job]',
		'go on with what was interrupted: a job, a state database, or all',
		async () => (await import('./backup.ts')).resume,
	).option('--detach', 'do not wait for the end');
	verb(
		'pause <job>',
		'let a running backup stand still; firn resume goes on with it',
		async () => (await import('./control.ts')).pause,
	);
	verb('limit <job>', 'change a running backup', async () => (await import('./control.ts')).limit)
		.option('--workers <n>', 'archives made at the same time')
		.option('--upload <rate>', 'bytes a second, such as 10MiB, or off');
	verb('show <job> [path]', 'list what is backed up', async () => (await import('./show.ts')).show)
		.option('--collate <depth>', 'totals of the folders at this depth')
		.option('--snapshot <n>', 'as it was then (default: newest)')
		.option('--level', 'list one folder only, with the totals of the folders in it')
		.addOption(new Option('--sort <by>', 'with --level: the order').choices(['name', 'size', 'files', 'time']))
		.option('--filter <words>', 'only what matches: words, status: archive: size:>1g before:2024-01-01 after: type:')
		.option('--versions', 'list all versions of one file')
		.option('--archives', 'list the archives')
		.option('--runs', 'list the runs')
		.option('--limit <n>', 'stop after this many rows');
	verb('restore <job> [path...]', 'get files back', async () => (await import('./restore.ts')).restore)
		.requiredOption('--target <dir>', 'folder to restore into')
		.option('--snapshot <n>', 'as it was then (default: newest)')
		.option(
			'--identity <file>',
			'age identity file, or - to paste one, if not this machine’s (can be repeated)',
			collect,
		)
		.addOption(
			new Option('--existing <how>', 'what to do with other files that are there').choices([
				'keep',
				'overwrite',
				'newer',
			]),
		)
		.option('--workers <n>', 'threads that fetch and write (default 2)')
		.addOption(tierOption('how fast cold archives are thawed (default: the cheapest)'))
		.option('--max-cost <usd>', 'do not begin, and order nothing again, if it costs more than this')
		.option('-n, --dry-run', 'only say what would be done')
		.option('--detach', 'do not wait for the end');
	const thaw = verb(
		'thaw',
		'list restores that wait for cold storage',
		async () => (await import('./thaw.ts')).listThaws,
	);
	verb(
		'upgrade <id>',
		'thaw faster what is still cold',
		async () => (await import('./thaw.ts')).upgradeThaw,
		thaw,
	).addOption(tierOption('the faster tier').makeOptionMandatory());
	verb('cancel <id>', 'end one; what is restored stays', async () => (await import('./thaw.ts')).cancelThaw, thaw);
	verb(
		'decrypt <what...>',
		'[job] and a folder of archives: to TAR files, or with --extract to files',
		async () => (await import('./decrypt.ts')).decrypt,
	)
		.option(
			'--identity <file>',
			'age identity file, or - to paste one, if not this machine’s (can be repeated)',
			collect,
		)
		.option('--out <dir>', 'where to (default: beside the archives)')
		.option('--extract', 'unpack to files')
		.addOption(
			new Option('--existing <how>', 'what to do with other files that are there').choices([
				'keep',
				'overwrite',
				'newer',
			]),
		)
		.option('--delete-encrypted', 'remove each archive once its content is safely on disk')
		.option('-n, --dry-run', 'only say which archives there are and what opens them');
	verb(
		'recover [destination]',
		'bring back a job on a new machine, from its destination and the identity alone',
		async () => (await import('./recover.ts')).recover,
	)
		.option('--from <destination>', 'the destination, if not named as the argument')
		.option('--identity <file>', 'age identity file, or - to paste it; it is kept here (can be repeated)', collect)
		.option('--job <name>', 'name or id of the job, if there are several')
		.option('--name <name>', 'call it so here (default: as it was)')
		.option('--endpoint <url>', 'S3-compatible store')
		.option('--region <region>', 'S3 region')
		.option('--profile <name>', 'AWS profile')
		.option('--path-style', 'bucket in the path instead of the host name')
		.option('--credentials <name>', 'stored S3 keys (firn credentials)')
		.option('-n, --dry-run', 'only say which jobs there are, and what it would read');
	verb(
		'report [id]',
		'what came of a restore or decrypt, every problem named (default: the newest)',
		async () => (await import('./report.ts')).report,
	).option('--list', 'list the reports that are kept');
	verb(
		'sync <job>',
		'compare the store with the books: what is missing is stored again, what is unknown is listed',
		async () => (await import('./sync.ts')).sync,
	)
		.option('--adopt', 'enter newer runs into the books that these do not know, from manifests and sidecars')
		.option('--keep', 'leave objects alone that the books do not know (default)')
		.option('--delete-unknown', 'delete objects of this job that the books do not know')
		.option('--abort-uploads', 'throw unfinished uploads of this job away that no run goes on with')
		.option(
			'--identity <file>',
			'to adopt with: age identity file, or - to paste one, if not this machine’s (can be repeated)',
			collect,
		)
		.option('-n, --dry-run', 'only say what would be done');
	verb(
		'delete <job> [archive...]',
		'delete archives from the store: by number or key (firn show --archives), all, or what no snapshot needs',
		async () => (await import('./delete.ts')).deleteArchives,
	)
		.option('--all', 'all archives of the job')
		.option('--unneeded', 'those that no snapshot needs')
		.option('--yes <n>', 'do what the plan says, if it deletes exactly so many archives')
		.option('-n, --dry-run', 'only say what would be done');
	keepOptions(
		verb(
			'prune <job>',
			'drop snapshots by rules, and delete the archives that no other needs (without rules: by those of the job)',
			async () => (await import('./prune.ts')).prune,
		),
	)
		.option('--pay', 'delete now, too, what is free only later')
		.option(
			'--yes <n>',
			'do what the plan says, if it drops exactly so many snapshots (or else deletes so many archives)',
		)
		.option('-n, --dry-run', 'only say what would be done');
	verb(
		'verify <job>',
		'prove what is stored: all of it without thawing, and a share of it by reading it',
		async () => (await import('./verify.ts')).verify,
	)
		.option('--read-data [percent]', 'read so many percent of the bytes (default all), the oldest proof first')
		.option(
			'--identity <file>',
			'age identity file, or - to paste one, if not this machine’s (can be repeated)',
			collect,
		)
		.option('-n, --dry-run', 'only say what would be read, and what that costs')
		.option('--detach', 'do not wait for the end');
	verb('status', 'show what is going on', async () => (await import('./status.ts')).status);
	verb(
		'stop <job>',
		'stop what is going on for a job; firn resume goes on with it',
		async () => (await import('./status.ts')).stop,
	);
	verb('log [job]', 'what went on and went wrong, and what to do about it', async () => (await import('./log.ts')).log)
		.addOption(new Option('--level <level>', 'this grave or graver').choices(LOG_LEVELS))
		.option('--since <when>', 'so long ago (90s, 30m, 2h, 3d, 1w), or a date, in UTC')
		.option('--grep <words>', 'only entries with all these words')
		.option('--follow', 'go on until ctrl-c')
		.option('--limit <n>', 'print the newest n entries (default 100)');
	verb(
		'history [job-or-run]',
		'what came of runs and other work, of one job or all; of one run all that is known',
		async () => (await import('./history.ts')).history,
	)
		.option('--since <when>', 'so long ago (90s, 30m, 2h, 3d, 1w), or a date, by the clock here')
		.addOption(new Option('--status <status>', 'how it ended').choices(HISTORY_STATUSES))
		.addOption(new Option('--kind <kind>', 'what it was (default: all)').choices(TASK_KINDS))
		.option('-n, --limit <n>', 'print the newest n (default 50)');
	const jobs = verb('jobs', 'list, add, change and remove jobs', async () => (await import('./jobs.ts')).jobs);
	verb('list', 'list the jobs', async () => (await import('./jobs.ts')).jobs, jobs);
	retentionOptions(
		scheduleOptions(
			jobOptions(
				verb(
					'add <name> <source...>',
					'make a job without running it',
					async () => (await import('./job-edits.ts')).addJob,
					jobs,
				),
			),
		),
	)
		.option('--no-catch-up', 'leave out runs that were missed')
		.requiredOption('--to <destination>', 'a folder, or s3://BUCKET/PREFIX');
	// The ways back come first, so that the options of all jobs have no default here: what is not given stays.
	retentionOptions(
		scheduleOptions(
			jobOptions(
				verb(
					'edit <name>',
					'change a job without running it',
					async () => (await import('./job-edits.ts')).editJob,
					jobs,
				)
					.option('--source <path>', 'back up this instead (can be repeated)', collect)
					.option('--forget <path>', 'drop a path that was backed up by name (can be repeated)', collect)
					.option('--default-excludes', 'leave out system clutter again')
					.option('--add-recipient <age1…>', 'encrypt new archives for this recipient too (can be repeated)', collect)
					.option('--remove-recipient <age1…>', 'no longer encrypt for this recipient (can be repeated)', collect)
					.option('--catch-up', 'make up for runs that were missed again'),
			),
		),
	)
		.option('--no-catch-up', 'leave out runs that were missed')
		.option('--no-schedule', 'begin by hand only')
		.option('--no-prune-after-run', 'prune by hand only')
		.option('--no-jitter', 'begin at the time itself')
		.option('--no-window', 'work at any time')
		.option('--no-hooks', 'take all hooks away')
		.option('--no-credentials', 'use the credentials of the AWS tools again')
		.option('--no-exclude', 'drop the patterns of the job')
		.option('--no-exclude-developer', 'back up node_modules, .venv, __pycache__ and .git again')
		.option('--no-one-file-system', 'enter other file systems again');
	verb(
		'export [name]',
		'print the settings of a job, or of all, as JSON; their hooks are among them, keys are not',
		async () => (await import('./job-transfer.ts')).exportJobs,
		jobs,
	).option('--to <file>', 'write them to this new file instead');
	verb(
		'import <file>',
		'make jobs of what export has written (- for stdin); they store apart from those they were made of',
		async () => (await import('./job-transfer.ts')).importJobs,
		jobs,
	);
	verb(
		'enable <name>',
		'let a job begin by itself again, by its schedule',
		async () => async (context, args) => (await import('./enable-job.ts')).enableJob(context, args, true),
		jobs,
	);
	verb(
		'disable <name>',
		'let a job begin by hand only; its schedule is kept',
		async () => async (context, args) => (await import('./enable-job.ts')).enableJob(context, args, false),
		jobs,
	);
	verb(
		'remove <name>',
		'forget a job; what it has written stays',
		async () => (await import('./job-edits.ts')).removeJob,
		jobs,
	);
	const key = verb(
		'key',
		'the keys of your backups: who can open what',
		async () => (await import('./key.ts')).listKeys,
	);
	verb('list', 'list the keys, and what needs them', async () => (await import('./key.ts')).listKeys, key);
	verb('new', 'make one more identity', async () => (await import('./key.ts')).newKey, key).option(
		'--name <name>',
		'what to call it',
	);
	verb(
		'show <key>',
		'what a key is for (a recipient or a name)',
		async () => (await import('./key.ts')).showKey,
		key,
	).option('--reveal', 'show the identity itself, which opens the archives');
	verb(
		'export [key]',
		'print identities, to be kept elsewhere (default: all)',
		async () => (await import('./key.ts')).exportKeys,
		key,
	).option('--to <file>', 'write them to this new file instead, readable by you alone');
	verb(
		'import <file>',
		'take identities in: a file, or - for stdin',
		async () => (await import('./key.ts')).importKeys,
		key,
	).option('--name <name>', 'what to call it');
	verb(
		'recovery-sheet [key]',
		'a page that opens the backups when this machine is gone',
		async () => (await import('./recovery-sheet.ts')).recoverySheet,
		key,
	)
		.option('--qr', 'with a QR code of each identity (default on a terminal)')
		.option('--no-qr', 'without')
		.option('--to <file>', 'write it to this new file, readable by you alone')
		.option('--stored', 'it lies somewhere safe: no more reminders');
	verb(
		'check [job]',
		'prove that an identity opens the newest archive of each job, without fetching it',
		async () => (await import('./key-check.ts')).checkKeys,
		key,
	).option('--identity <file>', 'age identity file, or - to paste one (default: those of this machine)', collect);
	verb(
		'move',
		'move all secrets to another place',
		async () => (await import('./key-move.ts')).moveKeys,
		key,
	).addOption(
		new Option('--to <where>', 'the keychain of your login, a vault under a passphrase, or a plain file')
			.choices(['keychain', 'vault', 'file'])
			.makeOptionMandatory(),
	);
	verb(
		'passphrase',
		'change the passphrase of the vault',
		async () => (await import('./key-move.ts')).changePassphrase,
		key,
	).option('--new-passphrase-file <file>', 'take the new one from this file instead of asking');
	verb('remove <key>', 'forget an identity', async () => (await import('./key.ts')).removeKey, key).option(
		'--losing <n>',
		'the number of archives that nothing on this machine opens any more',
	);
	const settings = verb(
		'settings',
		'list and change how the app looks and what new jobs begin with',
		async () => (await import('./settings.ts')).settings,
	);
	verb('list', 'list the settings', async () => (await import('./settings.ts')).settings, settings);
	verb('set <name> <value>', 'change a setting', async () => (await import('./settings.ts')).setSetting, settings);
	verb(
		'unset <name>',
		'leave a setting to Firn again',
		async () => (await import('./settings.ts')).unsetSetting,
		settings,
	);
	verb(
		'test [job]',
		'try out what can be done at the destination of a job (default: of all jobs), or at another one',
		async () => (await import('./test.ts')).test,
	)
		.option('--to <destination>', 'a folder, or s3://BUCKET/PREFIX')
		.option('--storage-class <class>', 'S3 storage class that it has to take')
		.option('--endpoint <url>', 'S3-compatible store')
		.option('--region <region>', 'S3 region')
		.option('--credentials <name>', 'stored S3 keys (firn credentials)')
		.option('--profile <name>', 'AWS profile')
		.option('--path-style', 'bucket in the path instead of the host name');
	const credentials = verb(
		'credentials',
		'keys for S3 that are kept with the other secrets: list, set, remove',
		async () => (await import('./credentials.ts')).listCredentials,
	);
	verb('list', 'list their names', async () => (await import('./credentials.ts')).listCredentials, credentials);
	verb(
		'set <name>',
		'store keys under a name; they are asked for, or read from stdin',
		async () => (await import('./credentials.ts')).setCredentials,
		credentials,
	);
	verb('remove <name>', 'forget keys', async () => (await import('./credentials.ts')).removeCredentials, credentials);
	const gdrive = verb(
		'gdrive',
		'Google Drive: sign in, see whose account it is, sign out',
		async () => (await import('./gdrive.ts')).gdriveStatus,
	);
	const signInName = ['--name <name>', 'which one, where there are several (default: gdrive)'] as const;
	verb(
		'sign-in',
		'with a short code to type in on any device: works over SSH',
		async () => (await import('./gdrive-sign-in.ts')).gdriveSignIn,
		gdrive,
	)
		.option('--name <name>', 'what to call it, for jobs with --credentials (default: gdrive)')
		.option('--browser', 'with a browser that leads back here, or whose last address is pasted here')
		.option('--client-file <file>', 'the client_secret_….json of your own OAuth client')
		.option('--client-id <id>', 'its id; the secret is asked for, or read from stdin')
		.option('--client-secret-file <file>', 'with --client-id: take the secret from this file')
		.option('--endpoint <url>', 'what stands in front of Google')
		.option('--no-qr', 'show no QR code');
	verb(
		'status',
		'whose account it is, and how much room there is',
		async () => (await import('./gdrive.ts')).gdriveStatus,
		gdrive,
	).option(...signInName);
	verb(
		'sign-out',
		'revoke a sign-in at Google and forget it',
		async () => (await import('./gdrive.ts')).gdriveSignOut,
		gdrive,
	).option(...signInName);
	verb('excludes', 'list what is left out, and why', async () => (await import('./excludes.ts')).excludes)
		.option('--why <path>', 'which rule decides on this path')
		.option('--list <folder>', 'what is in this folder, with the rule for each name')
		.option('--count', 'files and bytes that are backed up and left out')
		.option('--job <name>', 'with --why, --list and --count: of this job (default: of all)');
	verb(
		'engine <what>',
		'the background process: status, stop, start; install, uninstall: as a service of systemd',
		async () => (await import('./engine.ts')).engine,
	)
		.option('--foreground', 'with start: do not go to the background')
		.option('--user', 'with install, uninstall: a service of yours (default)')
		.option('--system', 'with install, uninstall: a service of the system')
		.option('-n, --dry-run', 'with install: only show the unit, and where it would be');
	verb(
		'demo',
		'try everything out on a sample, leaving your files alone',
		async () => (await import('./demo.ts')).demo,
	);
	return program;
}

const tierOption = (description: string): Option =>
	new Option('--tier <tier>', description).choices(['bulk', 'standard', 'expedited']);
/** Deleting and pruning take a number with --yes, which is a flag elsewhere: joined to it, it is not taken for an archive. */
function withCount(argv: string[]): string[] {
	const at = argv.includes('delete') || argv.includes('prune') ? argv.indexOf('--yes') : -1;
	if (at === -1 || !/^\d+$/.test(argv[at + 1] ?? '')) return argv;
	return [...argv.slice(0, at), `--yes=${argv[at + 1]}`, ...argv.slice(at + 2)];
}

/** What came before may be the `false` of a --no-… option. */
function collect(value: string, before?: string[] | false): string[] {
	return [...(before || []), value];
}
