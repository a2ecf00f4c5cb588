/**
 * `firn demo`: a backup and a restore of a sample tree with everything real, in a folder of its own, so that nothing of
 * the user's is touched. What it says happened has been compared.
 */

import { spawn } from 'node:child_process';
import {
	linkSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FirnError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import { formatCount, formatSize } from '../core/sizes.ts';
import type { Context } from './context.ts';

/** @returns 0 when the restored tree is the same as the sample */
export async function demo({ out }: Context): Promise<number> {
	const root = mkdtempSync(join(tmpdir(), 'firn-demo-'));
	const at = (name: string) => join(root, name);
	const sample = at('sample');
	const { files, bytes } = makeSample(sample);
	out.line(`Made a sample tree: ${formatCount(files)} files, ${formatSize(bytes)} in ${sample}`);
	try {
		out.line(`\n$ firn backup ${sample} --to ${at('archives')} --compression zstd`);
		await firn(root, ['backup', sample, '--to', at('archives'), '--compression', 'zstd']);
		out.line(`\n$ firn restore sample --target ${at('restored')}`);
		await firn(root, ['restore', 'sample', '--target', at('restored')]);
	} finally {
		await firn(root, ['--quiet', 'engine', 'stop']);
	}
	const restored = join(at('restored'), sample);
	const differences = compare(sample, restored);
	for (const difference of differences) out.result(`different: ${difference}`);
	if (differences.length > 0)
		throw new FirnError('DEMO_DIFFERS', `${differences.length} things were not restored as they were.`);
	out.result(`
The restored tree is the same as the sample: names, content, modes, times and links.

  archives      ${at('archives')}
  restored      ${restored}
  identity      ${join(at('home'), 'secrets', 'identity.txt')}

Any machine with age, zstd and tar opens the archive without Firn:

  ${stockLine(at('archives'), join(at('home'), 'secrets', 'identity.txt'))}

Nothing is left running. To remove it all: rm -r ${root}`);
	return EXIT.ok;
}

/** No keychain, no vault. */
const PLAIN = {
	FIRN_KEYCHAIN: 'off',
	FIRN_PASSPHRASE: '',
	FIRN_PASSPHRASE_FILE: '',
	FIRN_PASSPHRASE_COMMAND: '',
	CREDENTIALS_DIRECTORY: '',
};

/** Runs this very program with a home of its own. */
function firn(root: string, args: string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [process.argv[1]!, '--home', join(root, 'home'), ...args], {
			stdio: 'inherit',
			// What is kept for a demonstration is kept nowhere else.
			env: { ...process.env, FIRN_NO_REMINDER: '1', ...PLAIN },
		});
		child.on('error', reject);
		child.on('exit', (code) => {
			if (code === 0) resolve();
			else reject(new FirnError('DEMO_FAILED', `firn ${args.join(' ')} ended with ${code}.`));
		});
	});
}

const PAST = new Date('2001-09-09T01:46:40Z');

function makeSample(root: string): { files: number; bytes: number } {
	let files = 0;
	let bytes = 0;
	const put = (path: string, content: string | Buffer) => {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), content);
		utimesSync(join(root, path), PAST, PAST);
		files += 1;
		bytes += content.length;
	};
	for (let number = 1; number <= 200; number++)
		put(`notes/${2000 + (number % 20)}/note-${number}.txt`, `Note ${number}\n`.repeat(number));
	put('photos/glacier.raw', Buffer.alloc(8 * 1024 * 1024, 'ice, and more of it '));
	put('names/with spaces and ünïcödé.txt', 'hello\n');
	put('names/new\nline.txt', 'hello\n');
	mkdirSync(join(root, 'empty'));
	symlinkSync('../photos/glacier.raw', join(root, 'names/link'));
	linkSync(join(root, 'notes/2001/note-1.txt'), join(root, 'names/hard-link.txt'));
	return { files: files + 1, bytes };
}

/** What differs between two trees, in words. */
function compare(left: string, right: string): string[] {
	const differences: string[] = [];
	const names = new Set([...readdirSync(left), ...readdirSync(right)]);
	for (const name of names) {
		const [a, b] = [join(left, name), join(right, name)].map((path) => lstatSync(path, { throwIfNoEntry: false }));
		const path = JSON.stringify(join(left, name));
		if (!a || !b) differences.push(`${path} is only on one side`);
		else if (a.mode !== b.mode) differences.push(`${path} has another type or mode`);
		else if (!a.isSymbolicLink() && Math.abs(a.mtimeMs - b.mtimeMs) >= 0.001)
			differences.push(`${path} has another time`);
		else if (a.nlink !== b.nlink) differences.push(`${path} has another number of links`);
		else if (a.isDirectory()) differences.push(...compare(join(left, name), join(right, name)));
		else if (a.isSymbolicLink() && readlinkSync(join(left, name)) !== readlinkSync(join(right, name)))
			differences.push(`${path} links elsewhere`);
		else if (a.isFile() && !readFileSync(join(left, name)).equals(readFileSync(join(right, name))))
			differences.push(`${path} has other content`);
	}
	return differences;
}

function stockLine(archives: string, identity: string): string {
	const [job] = readdirSync(archives).filter((name) => /^[a-z0-9]+$/.test(name));
	const [run] = readdirSync(join(archives, job!));
	const archive = readdirSync(join(archives, job!, run!)).find((name) => name.includes('.tar'));
	return `age -d -i ${identity} ${join(archives, job!, run!, archive!)} | zstd -d | tar -tv`;
}
