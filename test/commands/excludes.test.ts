import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firnHome } from '../support/firn.ts';
import { put } from '../support/trees.ts';

test('firn excludes says why, lists and counts', async () => {
	const firn = firnHome();
	try {
		put(firn.root, 'src/a/x.iso', '12345');
		put(firn.root, 'src/a/kept', '123');
		const at = (path: string) => join(firn.root, path);
		await firn.run('jobs', 'add', 'j', 'src', '--to', 'dest', '--exclude', '*.iso');
		const why = await firn.run('--json', 'excludes', '--why', 'src/a/x.iso', '--job', 'j');
		const decided = { by: 'pattern', index: 0, pattern: '*.iso' };
		expect(why.records).toEqual([
			{
				job: 'j',
				path: at('src/a/x.iso'),
				exists: true,
				type: 'file',
				mark: 'excluded',
				decided,
				at: at('src/a/x.iso'),
			},
		]);
		const words = await firn.run('excludes', '--why', 'src/a/x.iso');
		expect(words.out).toBe(`j: ${at('src/a/x.iso')} is left out: pattern 1 of the job, *.iso.\n`);
		const list = await firn.run('--json', 'excludes', '--list', 'src/a');
		expect(list.records).toMatchObject([
			{ name: 'kept', mark: 'included', bytes: 3 },
			{ name: 'x.iso', mark: 'excluded', decided },
		]);
		const count = await firn.run('--json', 'excludes', '--count');
		expect(count.records).toMatchObject([{ job: 'j', files: 1, bytes: 3, excludedFiles: 1, excludedBytes: 5 }]);
		for (const wrong of [
			['--why', 'a', '--count'],
			['--job', 'j'],
			['--why', 'a', '--job', 'none'],
			['--list', 'none'],
		]) {
			expect(await firn.run('excludes', ...wrong)).toMatchObject({ code: 2, out: '' });
		}
	} finally {
		await firn.close();
	}
});
