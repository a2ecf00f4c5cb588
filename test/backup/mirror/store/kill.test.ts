/** Mirrors in a store whose process is killed, stopped or cut off: the next run makes everything right. */

import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attempt } from '../../../support/campaign/attempt.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../../../support/store-mirror-case.ts';
import { put, removeTree, scratchFolder } from '../../../support/trees.ts';

let root: string;
let mirror: StoreMirrorCase | undefined;
beforeEach(() => {
	root = scratchFolder('store-kill');
});
afterEach(async () => {
	await mirror?.close();
	removeTree(root);
});

/** Small files, and some that are sent by parts. */
function plant(source: string, round: number): void {
	for (let file = 0; file < 12; file++) put(source, `d${file % 3}/${file}`, `${round} ${file}`.repeat(100));
	for (let file = 0; file < 3; file++) writeFileSync(join(source, `big${file}`), Buffer.alloc(400_000, round + file));
}

it.each([
	['plain', false],
	['encrypted', true],
])('%s: killed at any request, nothing is lost or left over', async (_name, encrypt) => {
	mirror = await storeMirrorCase(root, { encrypt, deletions: 'move' });
	const { spec, source, simulator, run, differences, keys } = mirror;
	plant(source, 0);
	await run();
	for (const round of [1, 2]) {
		plant(source, round);
		rmSync(join(source, `d1/${round}`), { force: true });
		renameSync(join(source, 'd2/5'), join(source, `d2/renamed ${round}`));
		symlinkSync('d2', join(source, `link ${round}`));
		const from = simulator.log.entries.length;
		const most = from + 3 + Math.floor(Math.random() * 45);
		const { stderr, killed } = await attempt({
			spec,
			workDir: root,
			started: (kill, ended) => {
				const timer = setInterval(() => {
					if (simulator.log.entries.length >= most) kill();
				}, 1);
				void ended.then(() => clearInterval(timer));
			},
		});
		expect(stderr, `killed ${killed}, at request ${most - from}`).toBe('');
	}
	expect(await run()).toMatchObject({ status: 'complete', errors: 0 });
	expect(await run()).toMatchObject({ status: 'complete', details: { newFiles: 0 } });
	const tooMany = keys().filter((key) => key.startsWith('.firn-deleted/'));
	const moved = tooMany.map((key) => `too much: ${key}`);
	expect((await differences()).filter((line) => !moved.includes(line))).toEqual([]);
	// Probes may be those of another run; they are given up after a day.
	for (const own of ['pre/source', 'pre/.firn/']) expect(simulator.openUploads(own)).toEqual([]);
});

it('a stop ends it soon, and the next run goes on with what is left', async () => {
	mirror = await storeMirrorCase(root, { limitUpload: 2_000_000 });
	const { source, run, simulator, differences, spec } = mirror;
	plant(source, 1);
	const stopped = await run({}, (started) => {
		const timer = setInterval(() => {
			if (simulator.keys().length < 5) return;
			started.stop();
			clearInterval(timer);
		}, 5);
	});
	expect(stopped.status).toBe('stopped');
	spec.job.limitUpload = 0;
	const sentBefore = simulator.keys().length;
	const second = await run();
	expect(second.status).toBe('complete');
	expect(Number(second.details.unchangedFiles)).toBeGreaterThan(0);
	expect(Number(second.details.newFiles)).toBeLessThanOrEqual(15 - sentBefore + 2);
	expect(await differences()).toEqual([]);
});

it('goes on with more or fewer files at once, and after a pause', async () => {
	mirror = await storeMirrorCase(root, { workers: 6 });
	const { source, run, differences, simulator } = mirror;
	for (let file = 0; file < 60; file++) put(source, `${file}`);
	const ended = await run({}, (started) => {
		const timer = setInterval(() => {
			if (simulator.keys().length < 4) return;
			clearInterval(timer);
			started.adjust({ workers: 1 });
			started.adjust({ pause: true });
			setTimeout(() => started.adjust({ pause: false, workers: 3 }), 100);
		}, 1);
	});
	expect(ended).toMatchObject({ status: 'complete', details: { newFiles: 60 } });
	expect(await differences()).toEqual([]);
});

it('waits for a store that is gone for a while', async () => {
	mirror = await storeMirrorCase(root);
	const { source, run, simulator, differences } = mirror;
	plant(source, 1);
	const fault = { kind: 'error', status: 503, code: 'SlowDown' } as const;
	simulator.faults.add({ operation: 'PutObject', fault, times: 5 });
	simulator.faults.add({ operation: 'UploadPart', skip: 1, fault: { kind: 'cut', when: 'after' }, times: 3 });
	simulator.faults.add({ operation: 'CompleteMultipartUpload', fault: { kind: 'cut', when: 'after' }, times: 2 });
	const ended = await run();
	expect(ended).toMatchObject({ status: 'complete', errors: 0 });
	expect(ended.events.some(({ event }) => event === 'waiting')).toBe(true);
	expect(await differences()).toEqual([]);
	expect(simulator.openUploads()).toEqual([]);
});
