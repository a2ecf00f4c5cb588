/** What somebody might have on a disk: photos, papers and projects, with bytes that do not compress where theirs do not. */

import { randomFillSync } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Always the same numbers, so that two pictures differ by what the app shows and not by the data. */
function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}

const noise = randomFillSync(Buffer.alloc(32 * MIB));

function put(path: string, bytes: number, when: Date): void {
	mkdirSync(dirname(path), { recursive: true });
	// Windows into the noise are as good as noise of their own, and made at once.
	const from = (bytes * 7919) % (noise.length - Math.min(bytes, noise.length / 2));
	writeFileSync(path, noise.subarray(from, from + bytes));
	utimesSync(path, when, when);
}

const TRIPS: [folder: string, photos: number][] = [
	['2023/Lofoten', 24],
	['2024/Engadin', 30],
	['2024/Lisbon', 18],
	['2025/Iceland', 42],
	['2025/Svalbard', 26],
	['2026/Garden', 12],
];

/** Photos of some years; `years` narrows them down, so that a later backup has something new. */
export function makePhotos(root: string, years: RegExp): void {
	const random = dice(7);
	let number = 4200;
	for (const [trip, photos] of TRIPS) {
		for (let at = 0; at < photos; at++) {
			number++;
			const bytes = Math.round((1.2 + random() * 2.2) * MIB);
			const film = random() < 0.04;
			if (!years.test(trip)) continue;
			const name = film ? `MOV_${number}.mp4` : `IMG_${number}.cr3`;
			const [year] = trip.split('/');
			put(join(root, trip, name), film ? bytes * 3 : bytes, new Date(Number(year), 6, 1 + (at % 28), 9, at));
		}
	}
}

const PAPERS = ['Contract', 'Invoice', 'Letter', 'Receipt', 'Statement', 'Tax return'];
const TOPICS = ['Car', 'Flat', 'Health', 'Insurance', 'Taxes', 'Work'];

export function makeDocuments(root: string): void {
	const random = dice(11);
	for (const topic of TOPICS) {
		for (let year = 2019; year <= 2026; year++) {
			for (let at = 0; at < 4 + random() * 8; at++) {
				const paper = PAPERS[Math.floor(random() * PAPERS.length)]!;
				const name = `${paper} ${year}-${String(1 + at).padStart(2, '0')}.pdf`;
				put(join(root, topic, String(year), name), Math.round((20 + random() * 180) * KIB), new Date(year, at, 11));
			}
		}
	}
}

export function makeProjects(root: string): void {
	const random = dice(13);
	for (const project of ['glacier-map', 'homepage', 'thesis', 'weather-station']) {
		for (const part of ['src', 'test', 'docs', 'data', 'node_modules/left-pad']) {
			for (let at = 0; at < 6 + random() * 10; at++) {
				const name = part === 'data' ? `measured-${at}.csv` : part === 'docs' ? `chapter-${at}.md` : `part-${at}.ts`;
				put(join(root, project, part, name), Math.round((1 + random() * 60) * KIB), new Date(2026, 3, 1 + at));
			}
		}
	}
}
