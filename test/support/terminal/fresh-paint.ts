/** Whether a terminal shows what the app means it to show. */

import { expect } from 'vitest';
import type { TestTerminal } from './terminal.ts';

/** Without what moves by itself: numbers, such as ages and sizes, in which two paints a second apart may differ. */
export const still = (rows: string[]): string[] =>
	rows.map((row) => row.replace(/‹[^›]*›|\d+/g, (part) => (part.startsWith('‹') ? part : '#')));

/** Compares text and then looks: the text is what one can read in a failed test. */
export function expectSame(actual: { screen: string[]; paint: string[] }, app: TestTerminal, what: string): void {
	expect(still(actual.screen), what).toEqual(still(app.screen()));
	expect(still(actual.paint), what).toEqual(still(app.paint()));
}

/** An answer of the engine is awaited. */
const WAITING = /(Looking|Starting|Asking|Making|Reading|Beginning|Counting|Searching)[a-z ]* \.{0,3} *(│|$)/im;

/** What is shown is what a fresh paint shows. Longer to rest where the app waits for the end of typing. */
export async function expectFreshPaint(app: TestTerminal, what: string, restMs = 200): Promise<void> {
	await app.settle(restMs);
	if (WAITING.test(app.text())) {
		await app.waitFor((screen) => !WAITING.test(screen));
		await app.settle(restMs);
	}
	const shown = { screen: app.screen(), paint: app.paint() };
	await app.press('ctrl+l');
	await app.settle(120);
	expectSame(shown, app, what);
}
