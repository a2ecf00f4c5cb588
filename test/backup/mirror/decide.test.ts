import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Facts, type How } from '../../../src/backup/mirror/folder/decide.ts';
import { checkLosses, isSuspicious } from '../../../src/backup/mirror/losses.ts';
import { mirroredPath, pairsOf, refuseNested } from '../../../src/mirror/pairs.ts';

const facts: fc.Arbitrary<Facts> = fc.record({
	type: fc.constantFrom('file', 'dir', 'symlink', 'fifo', 'char', 'block'),
	size: fc.bigInt({ min: 0n, max: 3n }),
	mtimeNs: fc.constantFrom(0n, 200n, 1_000_000_000n, 5_000_000_000n),
	mode: fc.constantFrom(0o644, 0o600),
	uid: fc.constantFrom(0, 1000),
	gid: fc.constantFrom(0, 1000),
	nlink: fc.bigInt({ min: 1n, max: 3n }),
	rdev: fc.constantFrom(1n, 2n),
	link: fc.constantFrom('a', 'b'),
});
const how: fc.Arbitrary<How> = fc.record({
	checksum: fc.boolean(),
	timeStep: fc.constantFrom(1_000n, 2_000_000_000n),
	owners: fc.boolean(),
});
const maybe = fc.option(facts, { nil: undefined });

/** What the mirror holds once the action is done. */
function after(here: Facts, there: Facts | undefined, action: string): Facts {
	if (action === 'nothing') return there!;
	const { mode, uid, gid, mtimeNs } = here;
	return action === 'metadata' ? { ...there!, mode, uid, gid, mtimeNs } : here;
}

describe('what a mirror does about a name', () => {
	it('ends: what was done needs nothing more', () => {
		fc.assert(
			fc.property(facts, maybe, how, fc.constantFrom('same', 'other'), (here, there, how, content) => {
				let action = decide(here, there, how);
				if (action === 'compare') action = decide(here, there, how, content as 'same');
				expect(action).not.toBe('compare');
				expect(action).not.toBe('delete');
				const again = decide(here, after(here, there, action), how, 'same');
				expect(again).toBe('nothing');
			}),
		);
	});

	it('deletes only what is not at the source, and touches nothing where nothing is', () => {
		fc.assert(
			fc.property(maybe, maybe, how, (here, there, how) => {
				const action = decide(here, there, how);
				expect(action === 'delete').toBe(!here && there !== undefined);
				if (here && !there) expect(action).toBe('make');
				if (!here && !there) expect(action).toBe('nothing');
			}),
		);
	});

	it('never takes files of another size or type for the same', () => {
		fc.assert(
			fc.property(facts, facts, how, (here, there, how) => {
				const action = decide(here, there, how, 'same');
				if (here.type !== there.type) expect(action).toBe('clear');
				else if (here.type === 'file' && here.size !== there.size) expect(action).toBe('replace');
			}),
		);
	});

	it('reads every file with --checksum', () => {
		const file = {
			type: 'file',
			size: 1n,
			mtimeNs: 1n,
			mode: 0,
			uid: 0,
			gid: 0,
			nlink: 1n,
			rdev: 0n,
			link: '',
		} as const;
		expect(decide(file, file, { checksum: true, timeStep: 1000n, owners: true })).toBe('compare');
		expect(decide(file, file, { checksum: false, timeStep: 1000n, owners: true })).toBe('nothing');
	});
});

describe('whether deletions are believed', () => {
	const of = (kept: number, lost: number, isKnown = true) => ({ source: '/srv/a', kept, lost, isKnown });

	it('never where all or most of the files are missing, or the mirror is new', () => {
		for (const losses of [of(0, 1), of(0, 5000), of(40, 41), of(1000, 1, false)])
			expect(isSuspicious(losses)).toBe(true);
		for (const losses of [of(0, 0), of(0, 0, false), of(1, 10), of(100, 100), of(5000, 40)])
			expect(isSuspicious(losses)).toBe(false);
	});

	it('says how many, and how to agree to them', () => {
		expect(() => checkLosses([of(10, 90), { ...of(50, 3), source: '/srv/b' }], 92, 'photos')).toThrow(
			expect.objectContaining({
				code: 'DELETIONS_UNCONFIRMED',
				message: expect.stringContaining('90 of the 100 files'),
				guidance: expect.stringContaining('firn backup photos --confirm-deletions 93'),
			}),
		);
		checkLosses([of(10, 90), of(50, 3)], 93, 'photos');
	});
});

describe('pairs of source and destination', () => {
	it('give each source a folder of its name', () => {
		const pairs = pairsOf(['/srv/a', '/home/b']);
		expect(mirroredPath(pairs, 'srv/a/x/y')?.to).toBe('a/x/y');
		expect(mirroredPath(pairs, 'home/b')?.to).toBe('b');
		expect(mirroredPath(pairs, 'srv/ab')).toBeUndefined();
	});

	it('are refused where two would be one, or one lies in the other', () => {
		expect(() => pairsOf(['/srv/a', '/home/a'])).toThrow(/both be mirrored/);
		expect(() => pairsOf(['/srv/.firn-deleted'])).toThrow(/deleted/);
		expect(() => pairsOf(['/'])).toThrow(/cannot be mirrored/);
		expect(() => refuseNested(['/srv/a'], ['/srv'])).toThrow(/lie in each other/);
		expect(() => refuseNested(['/srv/a'], ['/srv/a/b'])).toThrow(/lie in each other/);
		expect(() => refuseNested(['/srv/a'], ['/srv/a'])).toThrow(/lie in each other/);
		refuseNested(['/srv/a'], ['/srv/ab']);
	});
});
