/** Mirrors in stores: verified, and what the store has lost taken over into the books. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CatalogTask } from '../../src/catalog/catalog-task.ts';
import type { CatalogWork } from '../../src/catalog/spec.ts';
import { type StoreMirrorCase, storeMirrorCase } from '../support/store-mirror-case.ts';
import { put, removeTree, scratchFolder } from '../support/trees.ts';

let root: string;
let mirror: StoreMirrorCase | undefined;
beforeEach(() => {
	root = scratchFolder('mirror-catalog');
});
afterEach(async () => {
	await mirror?.close();
	mirror = undefined;
	removeTree(root);
});

async function work({ spec }: Pick<StoreMirrorCase, 'spec'>, what: CatalogWork) {
	const reporter = { progress: () => {}, event: () => {} };
	return new CatalogTask({ job: spec.job, stateFile: spec.stateFile, version: '0', work: what }, reporter).execute();
}

describe.each([
	['plain', false],
	['encrypted', true],
])('%s', (_name, encrypt) => {
	const ending = encrypt ? '.age' : '';

	/** A mirror of which one object has rotted, one is another one, one is gone, and one nobody knows. */
	async function spoilt(): Promise<StoreMirrorCase> {
		mirror = await storeMirrorCase(root, { encrypt });
		const { source, simulator, run } = mirror;
		for (const name of ['gone', 'other', 'Grüße', 'd/deep']) put(source, name);
		writeFileSync(join(source, 'rotten'), Buffer.alloc(200_000, 7));
		await run();
		const identities = identitiesOf(mirror);
		const whole = await work(mirror, { kind: 'verify', share: 100, identities });
		expect(whole).toMatchObject({ status: 'complete', details: { seenObjects: 5, provenObjects: 5, unknown: 0 } });
		const rotten = `pre/source/rotten${ending}`;
		const bytes = await simulator.content(rotten);
		bytes[100_000]! ^= 1;
		simulator.damage(rotten, bytes);
		return mirror;
	}

	async function disturb({ simulator, spec }: StoreMirrorCase): Promise<void> {
		simulator.state.change({ type: 'delete', bucket: 'bucket', key: `pre/source/gone${ending}` });
		const { openDestination } = await import('../../src/destinations/open-destination.ts');
		const store = await openDestination(spec.job.destination);
		await store.put(`source/other${ending}`, Buffer.from('x'), { overwrite: true });
		await store.put(`source/stranger${ending}`, Buffer.from('x'));
		await store.close();
	}

	it('what has rotted is found by reading, the rest by the list', async () => {
		const spoiltMirror = await spoilt();
		const identities = identitiesOf(spoiltMirror);
		const listed = await work(spoiltMirror, { kind: 'verify', share: 0, identities: [] });
		expect(listed).toMatchObject({ status: 'complete', details: { seenObjects: 5, provenObjects: 0 } });
		const read = await work(spoiltMirror, { kind: 'verify', share: 100, identities });
		expect(read).toMatchObject({ status: 'failed', errors: 1, details: { provenObjects: 4, faults: 1 } });
		expect(read.error!.message).toContain(`source/rotten${ending} cannot be restored`);
		expect(await spoiltMirror.run()).toMatchObject({ status: 'complete', details: { newFiles: 1 } });
		expect(await work(spoiltMirror, { kind: 'verify', share: 100, identities })).toMatchObject({ status: 'complete' });
		await disturb(spoiltMirror);
		const again = await work(spoiltMirror, { kind: 'verify', share: 0, identities: [] });
		expect(again).toMatchObject({ status: 'failed', errors: 2, details: { seenObjects: 3, unknown: 1, faults: 2 } });
		expect(again.error!.message).toContain(`source/gone${ending} is not in the store`);
		expect(again.error!.message).toContain(`source/other${ending} has another size`);
	});

	it('a sync forgets what is lost, and the next run copies it anew', async () => {
		const spoiltMirror = await spoilt();
		await disturb(spoiltMirror);
		const plan = await work(spoiltMirror, { kind: 'planSync' });
		expect(plan.details).toMatchObject({ missing: 1, differs: 1, unknown: 1, findings: 3 });
		const of = { kind: 'sync', plan: String(plan.details.plan), abortUploads: false } as const;
		const refused = await work(spoiltMirror, { ...of, unknown: 'delete' });
		expect(refused).toMatchObject({ status: 'failed', error: { code: 'BAD_OPTION' } });
		const done = await work(spoiltMirror, { ...of, unknown: 'keep' });
		expect(done).toMatchObject({ status: 'failed', error: { code: 'STORE_DIFFERS' }, details: { forgotten: 2 } });
		const next = await spoiltMirror.run();
		expect(next).toMatchObject({ status: 'complete', details: { newFiles: 2, unchangedFiles: 3 } });
		const after = await work(spoiltMirror, { kind: 'planSync' });
		expect(after.details).toMatchObject({ missing: 0, differs: 0, unknown: 1 });
	});
});

it('a store that seems to have lost all is not believed', async () => {
	mirror = await storeMirrorCase(root);
	put(mirror.source, 'a');
	await mirror.run();
	const { simulator } = mirror;
	for (const key of simulator.keys()) simulator.state.change({ type: 'delete', bucket: 'bucket', key });
	expect(await work(mirror, { kind: 'planSync' })).toMatchObject({ status: 'failed', error: { code: 'STORE_EMPTY' } });
});

function identitiesOf({ identityFile }: StoreMirrorCase): string[] {
	return [readFileSync(identityFile, 'utf8').trim()];
}
