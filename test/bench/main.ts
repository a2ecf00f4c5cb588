/**
 * `npm run bench`: Firn against its peers and against the machine's limit, in one interleaved run. Figures of single
 * runs mean little on a shared machine; quote the ratios.
 *
 *     npm run bench -- [--only big,small,unchanged,million,restore,one] [--rounds 3] [--scale 1] [--json FILE]
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSize } from '../../src/core/sizes.ts';
import { Contest } from './contest.ts';
import { makeBig, makeSmall } from './data.ts';
import { Firn } from './firn.ts';
import { limits } from './limits.ts';
import { has } from './measure.ts';
import { peers } from './peers.ts';
import { startSink } from './sink-process.ts';

const { values } = parseArgs({
	options: {
		only: { type: 'string' },
		rounds: { type: 'string', default: '3' },
		scale: { type: 'string', default: '1' },
		json: { type: 'string' },
	},
});
const rounds = Number(values.rounds);
const scale = Number(values.scale);
const wanted = values.only?.split(',');
const isWanted = (name: string) => !wanted || wanted.includes(name);

const MiB = 1024 * 1024;
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'firn-bench-'));
const firn = new Firn(join(root, 'firn'));
const sink = await startSink();
const contest = new Contest(rounds);
const others = peers(root, sink.endpoint);

try {
	console.log(`${availableParallelism()} processors, ${rounds} rounds, scale ${scale}; data in ${root}`);
	const missing = ['restic', 'borg', 'age', 'rclone', 'tar'].filter((name) => !has(name));
	if (missing.length > 0) console.log(`not installed, left out: ${missing.join(', ')}`);

	if (isWanted('big')) {
		const size = Math.round(1024 * MiB * scale);
		const data = makeBig(join(root, 'big'), size);
		await contest.run(`one file of ${formatSize(size)} to loopback S3`, size, 'MB/s', [
			[
				'firn',
				() =>
					firn.backup(data, [
						'--to',
						's3://bucket/firn',
						'--endpoint',
						sink.endpoint,
						'--region',
						'us-east-1',
						'--path-style',
					]),
			],
			...others.toS3(data),
			['PUT alone (limit)', () => limits.put(sink.endpoint, size)],
		]);
		await contest.run(`one file of ${formatSize(size)} to a folder`, size, 'MB/s', [
			['firn', () => firn.backup(data, ['--to', join(root, 'firn', 'dest')])],
			...others.toFolder(data),
			['read + SHA-256 + ChaCha20 in Node (limit)', () => limits.readHashSeal(join(data, 'big'))],
		]);
		rmSync(data, { recursive: true });
	}

	const files = Math.round(100_000 * scale);
	const small = join(root, 'small');
	if (['small', 'unchanged', 'restore', 'one'].some(isWanted)) makeSmall(small, files, 6_500);
	if (isWanted('small')) {
		await contest.run(`${files} small files to loopback S3`, files, 'files/s', [
			[
				'firn',
				() =>
					firn.backup(small, [
						'--to',
						's3://bucket/firn',
						'--endpoint',
						sink.endpoint,
						'--region',
						'us-east-1',
						'--path-style',
					]),
			],
			...others.toS3(small),
		]);
		await contest.run(`${files} small files to a folder`, files, 'files/s', [
			['firn', () => firn.backup(small, ['--to', join(root, 'firn', 'dest')])],
			...others.toFolder(small),
		]);
	}
	if (['unchanged', 'restore', 'one'].some(isWanted))
		await firn.backup(small, ['--to', join(root, 'firn', 'dest')], { keep: true });
	if (isWanted('unchanged')) {
		await contest.run(`${files} unchanged files`, undefined, 's', [
			['firn', () => firn.again()],
			...others.unchanged(small),
		]);
	}
	if (isWanted('restore')) {
		await contest.run(`restore of ${files} small files`, undefined, 's', [
			['firn', () => firn.restore([], join(root, 'restored'))],
			...others.restoreAll(small, join(root, 'restored')),
		]);
	}
	if (isWanted('one')) {
		await contest.run('one small file out of them', undefined, 's', [
			['firn', () => firn.restore([join(small, '007', '7')], join(root, 'restored'))],
			...others.restoreOne(join(small, '007', '7'), join(root, 'restored')),
		]);
	}
	rmSync(small, { recursive: true, force: true });

	if (isWanted('million')) {
		const many = Math.round(1_000_000 * scale);
		const data = join(root, 'million');
		makeSmall(data, many, 10);
		await contest.run(
			`first backup of ${many} tiny files`,
			many,
			'files/s',
			[['firn', () => firn.backup(data, ['--to', join(root, 'firn', 'dest')], { keep: true })]],
			1,
		);
		await contest.run(`${many} unchanged files`, undefined, 's', [
			['firn', () => firn.again()],
			...others.unchanged(data),
		]);
	}
	if (values.json) writeFileSync(values.json, `${JSON.stringify(contest.results, undefined, 2)}\n`);
} finally {
	await firn.stop();
	sink.stop();
	rmSync(root, { recursive: true, force: true });
}
