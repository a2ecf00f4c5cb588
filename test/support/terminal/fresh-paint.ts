/** Whether a terminal shows what the app means it to show. */

import { expect } from 'vitest';
import type { TestTerminal } from './terminal.ts';

/** Without what moves by itself: numbers, such as ages and sizes, in which two paints a second apart may differ. */
export const still = (rows: string[]): string[] =>
	rows.map((row) =>
		row
			.replace(/‹[^›]*›|\d[\d.,]*( ([KMGT]i)?B\b)?/g, (part) => (part.startsWith('‹') ? part : '#'))
			.replace(/ +/g, ' '),
	);

/** What the engine has not answered yet. */
const WAITING = /counting[…~]|Making the plan|Asking the engine|Reading the (log|report)|Looking (around|for|at|again)/;
const isWaiting = (rows: string[]): boolean => rows.some((row) => WAITING.test(row));

/** Compares text and then looks: the text is what one can read in a failed test. */
export function expectSame(actual: { screen: string[]; paint: string[] }, app: TestTerminal, what: string): void {
	expect(still(actual.screen), what).toEqual(still(app.screen()));
	expect(still(actual.paint), what).toEqual(still(app.paint()));
}

/** What is shown, once it stays for a while: answers of the engine come in their own time. */
export async function atRest(app: TestTerminal): Promise<{ screen: string[]; paint: string[] }> {
	for (let round = 0; round < 60; round++) {
		const screen = app.screen();
		await app.settle(300);
		if (isWaiting(screen) && round < 50) continue;
		if (still(screen).join() === still(app.screen()).join()) return { screen: app.screen(), paint: app.paint() };
	}
	throw new Error(`It does not come to rest:\n${app.text()}`);
}

/** What is shown is what a fresh paint shows. */
export async function expectFreshPaint(app: TestTerminal, what: string): Promise<void> {
	await app.settle(100);
	const shown = await atRest(app);
	const { frames } = app;
	await app.press('ctrl+l');
	// A busy machine clears, and paints later.
	await app.waitFor((screen) => app.frames > frames && screen.trim() !== '');
	await app.settle(120);
	expectSame(shown, app, what);
}
