/** The command line: verbs and options (names fixed by the design), and how errors become exit codes. */

import { Command, CommanderError, Option } from 'commander';
import { toFirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { Context, type GlobalOptions, type Host } from './context.ts';
import { Output } from './output.ts';
import type { Action, Verb } from './verb.ts';
import { backupVerbs } from './verbs/backup.ts';
import { credentialVerbs } from './verbs/credentials.ts';
import { engineVerbs } from './verbs/engine.ts';
import { jobVerbs } from './verbs/jobs.ts';
import { keyVerbs } from './verbs/keys.ts';
import { newsVerbs } from './verbs/news.ts';
import { restoreVerbs } from './verbs/restore.ts';
import { settingsVerbs } from './verbs/settings.ts';
import { storeVerbs } from './verbs/store.ts';

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

	const verb: Verb = <Options>(
		usage: string,
		description: string,
		load: () => Promise<Action<Options>>,
		parent = program,
	) =>
		parent
			.command(usage)
			.description(description)
			.action(async (...given: unknown[]) => {
				const command = given.at(-1) as Command;
				const context = new Context(host, program.opts<GlobalOptions>());
				const action = await load();
				setCode(await action(context, command.args, command.opts() as Options));
			});

	program.action(async () => {
		const { startPage } = await import('./start-page.ts');
		setCode(await startPage(new Context(host, program.opts<GlobalOptions>())));
	});

	// In the order of the help.
	backupVerbs(verb);
	restoreVerbs(verb);
	storeVerbs(verb);
	newsVerbs(verb);
	jobVerbs(verb);
	keyVerbs(verb);
	settingsVerbs(verb);
	credentialVerbs(verb);
	engineVerbs(verb);
	return program;
}

/** Deleting and pruning take a number with --yes, which is a flag elsewhere: joined to it, it is not taken for an archive. */
function withCount(argv: string[]): string[] {
	const at = argv.includes('delete') || argv.includes('prune') ? argv.indexOf('--yes') : -1;
	if (at === -1 || !/^\d+$/.test(argv[at + 1] ?? '')) return argv;
	return [...argv.slice(0, at), `--yes=${argv[at + 1]}`, ...argv.slice(at + 2)];
}
