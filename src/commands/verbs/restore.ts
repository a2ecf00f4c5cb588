/** Getting files back. */

import type { Verb } from '../verb.ts';
import { collect, existingOption, identityOption, placeOptions, tierOption } from './options.ts';

export function restoreVerbs(verb: Verb): void {
	verb('restore <job> [path...]', 'get files back', async () => (await import('../restore.ts')).restore)
		.requiredOption('--target <dir>', 'folder to restore into')
		.option('--snapshot <n>', 'as it was then (default: newest)')
		.addOption(identityOption())
		.addOption(existingOption())
		.option('--workers <n>', 'threads that fetch and write (default 2)')
		.addOption(tierOption('how fast cold archives are thawed (default: the cheapest)'))
		.option('--max-cost <usd>', 'do not begin, and order nothing again, if it costs more than this')
		.option('-n, --dry-run', 'only say what would be done')
		.option('--detach', 'do not wait for the end');
	const thaw = verb(
		'thaw',
		'list restores that wait for cold storage',
		async () => (await import('../thaw.ts')).listThaws,
	);
	verb(
		'upgrade <id>',
		'thaw faster what is still cold',
		async () => (await import('../thaw.ts')).upgradeThaw,
		thaw,
	).addOption(tierOption('the faster tier').makeOptionMandatory());
	verb('cancel <id>', 'end one; what is restored stays', async () => (await import('../thaw.ts')).cancelThaw, thaw);
	verb(
		'decrypt <what...>',
		'[job] and a folder of archives: to TAR files, or with --extract to files',
		async () => (await import('../decrypt.ts')).decrypt,
	)
		.addOption(identityOption())
		.option('--out <dir>', 'where to (default: beside the archives)')
		.option('--extract', 'unpack to files')
		.addOption(existingOption())
		.option('--delete-encrypted', 'remove each archive once its content is safely on disk')
		.option('-n, --dry-run', 'only say which archives there are and what opens them');
	placeOptions(
		verb(
			'recover [destination]',
			'bring back a job on a new machine, from its destination and the identity alone',
			async () => (await import('../recover.ts')).recover,
		)
			.option('--from <destination>', 'the destination, if not named as the argument')
			.option('--identity <file>', 'age identity file, or - to paste it; it is kept here (can be repeated)', collect)
			.option('--job <name>', 'name or id of the job, if there are several')
			.option('--name <name>', 'call it so here (default: as it was)'),
	).option('-n, --dry-run', 'only say which jobs there are, and what it would read');
	verb(
		'report [id]',
		'what came of a restore or decrypt, every problem named (default: the newest)',
		async () => (await import('../report.ts')).report,
	).option('--list', 'list the reports that are kept');
}
