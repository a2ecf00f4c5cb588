import { EXIT } from '../core/exit-codes.ts';
import type { Context } from './context.ts';

/** What a bare `firn` prints. */
export async function startPage({ out }: Context): Promise<number> {
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
