import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';

/** `firn excludes`: what is left out by default, and with --exclude-developer. */
export async function excludes(context: Context): Promise<number> {
	const { out } = context;
	const lists = await context.ask((engine) => engine.call('excludes', {}));
	out.record(lists);
	out.result('Left out unless --no-default-excludes is given:');
	for (const name of lists.system) out.result(`  ${name}`);
	out.result('Left out with --exclude-developer:');
	for (const name of lists.developer) out.result(`  ${name}`);
	return EXIT.ok;
}
