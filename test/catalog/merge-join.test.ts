import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeJoin } from '../../src/catalog/merge-join.ts';

async function* each<T>(items: T[]): AsyncGenerator<T> {
	yield* items;
}

const of = (keys: string[]) => keys.map((key) => ({ key }));
const key = fc.string({ unit: fc.constantFrom('a', 'b', '0', '/', '.', '-', '~'), maxLength: 5 });
const ascending = fc.uniqueArray(key, { maxLength: 40 }).map((keys) => keys.sort((a, b) => (a < b ? -1 : 1)));

async function joined(known: string[], stored: string[]) {
	const out = { both: [] as string[], known: [] as string[], stored: [] as string[] };
	for await (const pair of mergeJoin(of(known), each(of(stored)))) {
		if (pair.known && pair.stored) {
			expect(pair.known.key).toBe(pair.stored.key);
			out.both.push(pair.known.key);
		} else if (pair.known) out.known.push(pair.known.key);
		else out.stored.push(pair.stored!.key);
	}
	return out;
}

test('gives intersection and differences, each key once and in order', async () => {
	await fc.assert(
		fc.asyncProperty(ascending, ascending, async (known, stored) => {
			expect(await joined(known, stored)).toEqual({
				both: known.filter((one) => stored.includes(one)),
				known: known.filter((one) => !stored.includes(one)),
				stored: stored.filter((one) => !known.includes(one)),
			});
		}),
	);
});

test('keys that are not ASCII are never known, wherever a store sorts them', async () => {
	await fc.assert(
		fc.asyncProperty(ascending, ascending, fc.array(fc.nat(), { maxLength: 5 }), async (known, stored, at) => {
			const odd = [...stored];
			for (const [n, place] of at.entries()) odd.splice(place % (odd.length + 1), 0, `\u{1f600}${n}`);
			const out = await joined(known, odd);
			expect(out.both).toEqual(known.filter((one) => stored.includes(one)));
			expect(out.known).toEqual(known.filter((one) => !stored.includes(one)));
			expect(out.stored).toHaveLength(odd.length - out.both.length);
		}),
	);
});

test.each([[['b', 'a']], [['a', 'a']]])(
	'a listing that does not ascend would make objects look lost: it is refused (%j)',
	async (stored) => {
		await expect(joined(['a', 'b'], stored)).rejects.toMatchObject({ code: 'STORE_ORDER' });
	},
);

test('half a million keys pass in bounded memory', async () => {
	const name = (n: number) => String(n).padStart(8, '0');
	function* evens() {
		for (let n = 0; n < 300_000; n++) yield { key: name(n * 2) };
	}
	async function* thirds() {
		for (let n = 0; n < 200_000; n++) yield { key: name(n * 3) };
	}
	let [both, most] = [0, 0];
	const before = process.memoryUsage().heapUsed;
	for await (const pair of mergeJoin(evens(), thirds())) {
		if (!pair.known || !pair.stored) continue;
		if (++both % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
	}
	expect(both).toBe(100_000);
	expect(most).toBeLessThan(64 * 1024 * 1024);
});
