/** `firn gdrive …`: who is signed in to Google Drive, and how much room there is. */

import { toFirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { safePrint } from '../core/safe-print.ts';
import { formatSize } from '../core/sizes.ts';
import type { Context } from './context.ts';

interface NameOption {
	name?: string;
}

/** `firn gdrive status [--name NAME]`: each sign-in, asked of Google. @returns 1 when one of them is dead */
export async function gdriveStatus(context: Context, _args: string[], { name }: NameOption): Promise<number> {
	const { out } = context;
	return context.ask(async (engine) => {
		const { signIns } = await engine.call('gdriveSignIns', {});
		const names = name === undefined ? signIns.map((one) => one.name) : [name];
		if (names.length === 0) out.line('Nobody is signed in to Google Drive. firn gdrive sign-in does it.');
		const rows: string[][] = [];
		let code: number = EXIT.ok;
		for (const one of names) {
			try {
				const account = await engine.call('gdriveAccount', { name: one });
				out.record(account);
				const { email, used, limit, jobs } = account;
				const free = limit === undefined ? 'no limit' : formatSize(Math.max(0, limit - used));
				rows.push([one, safePrint(email), formatSize(used), free, jobs.join(', ') || '-']);
			} catch (error) {
				out.error(toFirnError(error));
				code = EXIT.failed;
			}
		}
		if (rows.length > 0) out.table(['name', 'account', 'used', 'free', 'jobs'], rows, [2, 3]);
		return code;
	});
}

/** `firn gdrive sign-out [--name NAME]`. @returns 3 when it is forgotten here, but not revoked at Google */
export async function gdriveSignOut(context: Context, _args: string[], { name }: NameOption): Promise<number> {
	const { out } = context;
	const given = name === undefined ? {} : { name };
	const gone = await context.ask((engine) => engine.call('gdriveSignOut', given));
	out.record(gone);
	const whose = safePrint(gone.email ?? gone.name);
	out.line(
		gone.revoked
			? `Signed out: ${whose}. Google takes this sign-in no longer; what is stored stays.`
			: `The sign-in of ${whose} is forgotten here, but Google still takes it: ${safePrint(gone.problem?.message ?? '')}`,
	);
	if (!gone.revoked) out.line('Take it back there: https://myaccount.google.com/connections');
	if (gone.jobs.length > 0) out.line(`${gone.jobs.join(', ')} cannot go on before the next firn gdrive sign-in.`);
	return gone.revoked ? EXIT.ok : EXIT.partial;
}
