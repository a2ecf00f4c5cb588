import { resolve } from 'node:path';
import { toFirnError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { qrLines } from '../core/qr-code.ts';
import { safePrint } from '../core/safe-print.ts';
import type { Channel } from '../protocol/channel.ts';
import type { Context } from './context.ts';
import { writePrivately } from './key.ts';
import type { Output } from './output.ts';

export interface SheetOptions {
	qr?: boolean;
	to?: string;
	stored?: boolean;
}

/** `firn key recovery-sheet [KEY] [--qr|--no-qr] [--to FILE] [--stored]`. */
export async function recoverySheet(context: Context, [key]: string[], options: SheetOptions): Promise<number> {
	const { out } = context;
	const { qr, to, stored = false } = options;
	if (stored && (to !== undefined || qr !== undefined)) {
		throw usageError('BAD_OPTIONS', '--stored shows nothing.', 'Leave --to and --qr out.');
	}
	const params = { ...(key === undefined ? {} : { key }), stored };
	const { keys, text, identities } = await context.ask((engine) => engine.call('recoverySheet', params));
	const recipients = keys.map(({ recipient }) => recipient);
	if (stored) {
		out.record({ recipients, stored: true });
		out.line('Noted: the recovery sheet is stored. You will not be reminded of it again.');
		return EXIT.ok;
	}
	if (to !== undefined) {
		const file = resolve(to);
		writePrivately(file, text + (qr ? await codes(identities, 'dark') : ''));
		out.record({ recipients, file });
		out.line(`The recovery sheet is in ${safePrint(file)}, readable by you alone. Print it, then remove the file.`);
	} else {
		out.record({ recipients, text });
		out.result(text);
		if (qr ?? (out.isTerminal && !context.options.ascii)) out.result(await terminalCodes(out, identities));
	}
	out.line(DONE);
	return EXIT.ok;
}

const DONE = 'When it lies somewhere safe: firn key recovery-sheet --stored';

async function codes(identities: string[], ink: 'dark' | 'light'): Promise<string> {
	const drawn: string[] = [];
	for (const [at, identity] of identities.entries()) {
		drawn.push('', `QR code of key ${at + 1}`, '', ...(await qrLines(identity, ink)));
	}
	return `${drawn.join('\n')}\n`;
}

/** In colours of its own where there are colours, so that it is read on any background. */
async function terminalCodes(out: Output, identities: string[]): Promise<string> {
	const text = await codes(identities, 'light');
	return text.replace(/^[█▀▄ ]+$/gm, (line) => out.style(['whiteBright', 'bgBlack'], line));
}

/** One line behind a successful run, at most once a day, until the sheet is stored. */
export async function remindOfSheet({ out }: Context, engine: Channel): Promise<void> {
	if (out.json || out.quiet || process.env.FIRN_NO_REMINDER) return;
	const { recipients } = await engine.call('sheetReminder', {}).catch((error: unknown) => {
		// The backup is complete, whatever is wrong with the keys.
		out.note(`${out.style('yellow', 'note:')} ${safePrint(toFirnError(error).message)}`);
		return { recipients: [] };
	});
	if (recipients.length === 0) return;
	out.line('Still to do, for the day this machine is lost: print the recovery sheet, firn key recovery-sheet');
}
