/** What stores make of orders for thaws, and what Firn makes of that. */

import { afterEach, expect, test } from 'vitest';
import type { FirnError } from '../../../src/core/errors.ts';
import type { SimulatorOptions } from '../../support/s3-simulator/simulator.ts';
import { bytesOf } from '../conformance.ts';
import { type Bench, startBench } from './support.ts';

const HOUR = 3_600_000;
let bench: Bench;
afterEach(() => bench.close());

/** A store with one object of each key, in the class that the key begins with. */
async function storeOf(keys: string[], quirks: SimulatorOptions['quirks'] = {}) {
	bench = await startBench({ quirks, maxPageSize: 2 });
	const { patient, simulator } = bench;
	simulator.clock.move({ at: Date.parse('2026-10-15T10:30:00Z') });
	for (const key of keys) await patient.put(key, Buffer.from('x'), { storageClass: key.split('/')[0]! });
	simulator.log.clear();
	return { ...bench, thaws: () => thawsOf(bench) };
}

async function thawsOf({ patient }: Bench) {
	const thaws: Record<string, unknown> = {};
	for await (const { key, thaw } of patient.list('', { thaws: true })) thaws[key] = thaw;
	return thaws;
}

const faultOf = (work: Promise<unknown>): Promise<FirnError> =>
	work.then(
		() => expect.fail('no fault'),
		(error) => error,
	);

test('one list tells the thaws of all objects, page by page', async () => {
	const { patient, simulator, thaws } = await storeOf(['GLACIER/a', 'GLACIER/b', 'DEEP_ARCHIVE/c', 'STANDARD/d']);
	await patient.thaw('GLACIER/a', { tier: 'standard', days: 3 });
	simulator.clock.advance(5 * HOUR);
	await patient.thaw('DEEP_ARCHIVE/c', { tier: 'bulk', days: 3 });
	expect(await thaws()).toEqual({
		'DEEP_ARCHIVE/c': 'ongoing',
		'GLACIER/a': { until: new Date('2026-10-19T00:00:00Z') },
		'GLACIER/b': undefined,
		'STANDARD/d': undefined,
	});
	expect(simulator.log.count('ListObjectsV2')).toBe(2);
	expect(simulator.log.count('HeadObject')).toBe(0);
});

test('a store that refuses such lists is listed without, and not asked again', async () => {
	const { simulator, thaws, patient } = await storeOf(['GLACIER/a', 'GLACIER/b', 'GLACIER/c'], {
		restoreStatus: 'refused',
	});
	await patient.thaw('GLACIER/a', { tier: 'standard', days: 3 });
	const silence = { 'GLACIER/a': undefined, 'GLACIER/b': undefined, 'GLACIER/c': undefined };
	expect(await thaws()).toEqual(silence);
	expect(simulator.log.count('ListObjectsV2')).toBe(3);
	expect(await thaws()).toEqual(silence);
	expect(simulator.log.count('ListObjectsV2')).toBe(5);
	expect((await patient.head('GLACIER/a'))?.thaw).toBe('ongoing');
});

test('a list that is refused for another reason says so', async () => {
	const { simulator, thaws } = await storeOf(['GLACIER/a']);
	simulator.faults.add({
		operation: 'ListObjectsV2',
		fault: { kind: 'error', status: 400, code: 'ExpiredToken' },
		times: 2,
	});
	await expect(bench.plain.list('', { thaws: true })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
		code: 'BAD_CREDENTIALS',
	});
	await bench.patient.thaw('GLACIER/a', { tier: 'bulk', days: 1 });
	expect(await thaws()).toEqual({ 'GLACIER/a': 'ongoing' });
});

test('tiers that a class does not have, or that have no capacity', async () => {
	const { patient, notices } = await storeOf(['GLACIER/a', 'DEEP_ARCHIVE/b'], { expedited: 'exhausted' });
	const order = { tier: 'expedited', days: 1 } as const;
	expect(await faultOf(patient.thaw('GLACIER/a', order))).toMatchObject({
		code: 'EXPEDITED_UNAVAILABLE',
		retry: 'later',
	});
	const fault = await faultOf(patient.thaw('DEEP_ARCHIVE/b', order));
	expect(fault).toMatchObject({ code: 'THAW_REFUSED', retry: 'no' });
	expect(fault.message).toContain('does not thaw DEEP_ARCHIVE/b with the tier "expedited"');
	expect(notices).toEqual([]);
});

test('a right that is missing is named; a store that is busy is asked again', async () => {
	const { patient, simulator, notices } = await storeOf(['GLACIER/a']);
	const order = { tier: 'bulk', days: 1 } as const;
	const failing = (status: number, code: string) =>
		simulator.faults.add({ operation: 'RestoreObject', fault: { kind: 'error', status, code } });
	failing(403, 'AccessDenied');
	const fault = await faultOf(patient.thaw('GLACIER/a', order));
	expect(fault).toMatchObject({ code: 'DEST_DENIED', retry: 'later' });
	expect(fault.guidance).toContain('s3:RestoreObject');
	failing(503, 'SlowDown');
	expect(await patient.thaw('GLACIER/a', order)).toBe('accepted');
	expect(notices).toHaveLength(1);
});

test('a store that keeps objects cold and cannot thaw them is told apart from one with labels', async () => {
	for (const restoreObject of ['NotImplemented', 'MethodNotAllowed'] as const) {
		const { patient, simulator, notices } = await storeOf(['GLACIER/a'], { restoreObject });
		const order = { tier: 'bulk', days: 1 } as const;
		const fault = await faultOf(patient.thaw('GLACIER/a', order));
		expect(fault).toMatchObject({ code: 'NO_THAW', retry: 'no' });
		expect(fault.message).toContain('keeps GLACIER/a in an archive class, but cannot thaw it.');
		expect(notices).toEqual([]);
		simulator.quirks.archiveClasses = 'labels';
		expect(await patient.thaw('GLACIER/a', order)).toBe('readable');
		if (restoreObject === 'NotImplemented') await bench.close();
	}
});

test('reading what is cold is refused at once, also after a copy has expired', async () => {
	const { patient, simulator, notices } = await storeOf(['GLACIER/a']);
	const read = () => bytesOf(patient.get('GLACIER/a'));
	expect(await faultOf(read())).toMatchObject({ code: 'ARCHIVED', retry: 'later' });
	await patient.thaw('GLACIER/a', { tier: 'expedited', days: 1 });
	simulator.clock.advance(HOUR);
	expect((await read()).toString()).toBe('x');
	simulator.clock.advance(48 * HOUR);
	expect(await faultOf(read())).toMatchObject({ code: 'ARCHIVED', retry: 'later' });
	expect(notices).toEqual([]);
});

test('an archive tier of Intelligent-Tiering is told, and thaws without days', async () => {
	const { patient, simulator } = await storeOf(['INTELLIGENT_TIERING/a']);
	const head = () => patient.head('INTELLIGENT_TIERING/a');
	expect(await head()).not.toHaveProperty('archiveTier');
	simulator.archive('pre/INTELLIGENT_TIERING/a', 'DEEP_ARCHIVE_ACCESS');
	expect(await head()).toMatchObject({ archiveTier: 'DEEP_ARCHIVE_ACCESS' });
	const withDays = patient.thaw('INTELLIGENT_TIERING/a', { tier: 'standard', days: 1 });
	expect(await faultOf(withDays)).toMatchObject({ code: 'THAW_REFUSED' });
	expect(await patient.thaw('INTELLIGENT_TIERING/a', { tier: 'standard' })).toBe('accepted');
	expect(await head()).toMatchObject({ archiveTier: 'DEEP_ARCHIVE_ACCESS', thaw: 'ongoing' });
	simulator.clock.advance(12 * HOUR);
	expect(await head()).not.toHaveProperty('thaw');
	expect(await patient.thaw('INTELLIGENT_TIERING/a', { tier: 'standard' })).toBe('readable');
});
