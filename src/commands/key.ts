import { usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';

/** `firn key list` says where the identity lies and its recipient; `firn key export` prints it, to be kept elsewhere. */
export async function key(context: Context, [what]: string[]): Promise<number> {
	const { out } = context;
	if (what !== 'list' && what !== 'export')
		throw usageError('BAD_KEY_COMMAND', `"${what}" is not something to do with keys.`, 'Use list or export.');
	const { file, recipients, content } = await context.ask((engine) =>
		engine.call('identity', { reveal: what === 'export' }),
	);
	if (recipients.length === 0) {
		throw usageError('NO_IDENTITY', 'This machine has no identity yet.', 'The first encrypted backup makes one.');
	}
	out.record({ file, recipients, ...(content === undefined ? {} : { content }) });
	if (content !== undefined) out.result(content.trimEnd());
	else for (const recipient of recipients) out.result(`${recipient}  ${file}`);
	return EXIT.ok;
}
