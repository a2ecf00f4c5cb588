import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArchivePlanner, type Slot } from '../../../src/backup/plan/archive-planner.ts';

function planner(splitSize: number, most: number) {
	const slots: Slot[] = [];
	const closed: Slot[] = [];
	let sequence = 0;
	const made = new ArchivePlanner({
		splitSize,
		most: () => most,
		open: () => {
			sequence += 1;
			return { archive: sequence, sequence };
		},
		onClosed: (slot) => closed.push(slot),
	});
	return { planner: made, slots, closed };
}

test('no archive outgrows the split size but for a file that is larger by itself', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1000, max: 100_000 }),
			fc.integer({ min: 1, max: 4 }),
			fc.array(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 0, max: 30_000 })), { maxLength: 200 }),
			(split, most, batches) => {
				const { planner: subject, closed } = planner(split, most);
				const held = new Map<number, number[]>();
				for (const [bytes, done] of batches) {
					const slot = subject.place(bytes);
					expect(slot.closed).toBe(false);
					subject.placed(slot);
					expect(slot.closed).toBe(bytes > split);
					held.set(slot.archive, [...(held.get(slot.archive) ?? []), bytes]);
					slot.pending = Math.max(0, slot.pending - done);
				}
				subject.closeAll();
				expect(closed.length).toBe(held.size);
				for (const slot of closed) {
					const sizes = held.get(slot.archive)!;
					expect(slot.planned).toBe(sizes.reduce((sum, size) => sum + size, 0));
					if (slot.planned > split) expect(sizes.length).toBe(1);
				}
			},
		),
	);
});

test('what refers to an archive is never placed before it', () => {
	const { planner: subject } = planner(1000, 2);
	const first = subject.place(600);
	const second = subject.place(600);
	expect(second.sequence).toBe(first.sequence + 1);
	expect(subject.place(100, second.sequence).sequence).toBeGreaterThanOrEqual(second.sequence);
	subject.closeAll();
	expect(subject.place(100, second.sequence).sequence).toBeGreaterThan(second.sequence);
});

test('a second archive is begun only when there is plenty to do', () => {
	const MiB = 1024 * 1024;
	const { planner: subject } = planner(1024 * MiB, 2);
	const small = Array.from({ length: 8 }, () => subject.place(4 * MiB).archive);
	expect(new Set(small).size).toBe(1);
	const more = Array.from({ length: 8 }, () => subject.place(4 * MiB).archive);
	expect(new Set([...small, ...more]).size).toBe(2);
});

test('archives that wait for work can be ended to make room', () => {
	const { planner: subject, closed } = planner(1000, 2);
	const slot = subject.place(100);
	subject.closeStarving();
	expect(closed).toEqual([]);
	slot.pending = 0;
	subject.closeStarving();
	expect(closed).toEqual([slot]);
});

test('nothing more comes to an archive that was given up', () => {
	const { planner: subject, closed } = planner(1000, 2);
	const slot = subject.place(100);
	subject.giveUp(slot.archive);
	expect(closed).toEqual([slot]);
	expect(subject.place(100).archive).not.toBe(slot.archive);
});
