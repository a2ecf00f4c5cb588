/** What the store holds: compared, thinned out, proven. */

import type { Verb } from '../verb.ts';
import { identityOption, keepOptions } from './options.ts';

export function storeVerbs(verb: Verb): void {
	verb(
		'sync <job>',
		'compare the store with the books: what is missing is stored again, what is unknown is listed',
		async () => (await import('../sync.ts')).sync,
	)
		.option('--adopt', 'enter newer runs into the books that these do not know, from manifests and sidecars')
		.option('--keep', 'leave objects alone that the books do not know (default)')
		.option('--delete-unknown', 'delete objects of this job that the books do not know')
		.option('--abort-uploads', 'throw unfinished uploads of this job away that no run goes on with')
		.addOption(identityOption('to adopt with: '))
		.option('-n, --dry-run', 'only say what would be done');
	verb(
		'delete <job> [archive...]',
		'delete archives from the store: by number or key (firn show --archives), all, or what no snapshot needs',
		async () => (await import('../delete.ts')).deleteArchives,
	)
		.option('--all', 'all archives of the job')
		.option('--unneeded', 'those that no snapshot needs')
		.option('--yes <n>', 'do what the plan says, if it deletes exactly so many archives')
		.option('-n, --dry-run', 'only say what would be done');
	keepOptions(
		verb(
			'prune <job>',
			'drop snapshots by rules, and delete the archives that no other needs (without rules: by those of the job)',
			async () => (await import('../prune.ts')).prune,
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
		async () => (await import('../verify.ts')).verify,
	)
		.option('--read-data [percent]', 'read so many percent of the bytes (default all), the oldest proof first')
		.addOption(identityOption())
		.option('-n, --dry-run', 'only say what would be read, and what that costs')
		.option('--detach', 'do not wait for the end');
}
