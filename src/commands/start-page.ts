import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';

/** A bare `firn`: the full-screen app; where there is no terminal for it, what can be done instead. */
export async function startPage(context: Context): Promise<number> {
	const { out, host, options } = context;
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb';
	if (isTerminal && !options.json && !options.quiet) {
		const set = await host.appearance(options.home);
		return host.app({
			connect: (ask) => context.connect(ask),
			local: (ask) => context.local(ask),
			stateDir: (await host.paths(options.home)).engineDir,
			color: options.color === false ? 'mono' : ((options.color ?? set.color ?? 'auto') as 'auto'),
			ascii: options.ascii ?? set.ascii ?? false,
			accessible: options.accessible ?? (process.env.INK_SCREEN_READER === 'true' || set.accessible === true),
		});
	}
	out.note('There is no terminal here for the full-screen app; these commands do the same:');
	const bold = (text: string) => out.style('bold', text);
	out.result(`${bold('Firn')} packs folders into standard encrypted TAR archives and keeps them safe.

  ${bold('firn demo')}                              try it out on a sample
  ${bold('firn backup ~/photos --to /mnt/disk')}    back up, to a folder or disk
  ${bold('firn backup ~/photos --to s3://bucket')}  back up, to S3 or a compatible store
  ${bold('firn status')}                            see what is going on
  ${bold('firn show photos')}                       see what is backed up
  ${bold('firn restore photos --target DIR')}       get it back

A run goes on when you close the terminal. firn --help lists everything.`);
	return EXIT.ok;
}
