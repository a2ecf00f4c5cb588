import { credentialEnvironment } from '../client/environment.ts';
import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { KeyCheck } from '../core/restore-answers.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Context } from './context.ts';
import { givenIdentities } from './identity-option.ts';

/** `firn key check [JOB] [--identity FILE]`: reads the first bytes of each job's newest archive. */
export async function checkKeys(
	context: Context,
	[job]: string[],
	{ identity }: { identity?: string[] },
): Promise<number> {
	const { out } = context;
	const given = { ...(await givenIdentities(identity)), ...(job === undefined ? {} : { job }) };
	const { checks } = await context.ask((engine) =>
		engine.call('checkKeys', { ...given, env: credentialEnvironment() }),
	);
	for (const check of checks) {
		out.record(check);
		out.result(line(check));
		if (check.problem?.guidance) out.line(`    ${safePrint(check.problem.guidance)}`);
	}
	const asked = checks.filter(({ archive, problem }) => archive !== null || problem);
	if (asked.length === 0) {
		throw usageError('NOTHING_TO_CHECK', 'Nothing encrypted is stored yet.', 'Run a backup first: firn backup.');
	}
	const good = asked.filter(({ opensWith }) => opensWith !== null).length;
	return good === asked.length ? EXIT.ok : good > 0 ? EXIT.partial : EXIT.failed;
}

function line({ job, archive, from, opensWith, bytesRead, problem }: KeyCheck): string {
	if (problem) return `${safePrint(job)}  NOT OPENED: ${safePrint(problem.message)}`;
	if (archive === null) return `${safePrint(job)}  nothing encrypted is stored yet`;
	const what = from === 'index' ? `the index of ${archive}, which is frozen itself` : archive;
	return `${safePrint(job)}  opened: ${opensWith} opens ${what} (${bytesRead} bytes read)`;
}
