import { styleText } from 'node:util';
import type { FirnError } from '../core/errors.ts';
import { safePrint } from '../core/safe-print.ts';
import type { GlobalOptions } from './context.ts';

export type Style = Parameters<typeof styleText>[0];

/** Prints for people, or JSON lines; never anything that a terminal would obey. */
export class Output {
	readonly json: boolean;
	readonly quiet: boolean;
	readonly isTerminal: boolean = process.stdout.isTTY === true;
	readonly #color: boolean;

	constructor({ json, quiet, color }: GlobalOptions) {
		this.json = json === true;
		this.quiet = quiet === true;
		this.#color =
			this.isTerminal && color !== false && color !== 'mono' && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
	}

	/** A line for people; nothing with --json or --quiet. */
	line(text = ''): void {
		if (!this.json && !this.quiet) process.stdout.write(`${text}\n`);
	}

	/** What was asked for: a line for people, also with --quiet. */
	result(text: string): void {
		if (!this.json) process.stdout.write(`${text}\n`);
	}

	/** A JSON line; nothing without --json. */
	record(value: object): void {
		if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`);
	}

	/** Something worth knowing beside the result. */
	note(text: string): void {
		if (!this.json && !this.quiet) process.stderr.write(`${text}\n`);
	}

	error(error: FirnError): void {
		if (this.json) process.stdout.write(`${JSON.stringify({ event: 'error', ...error.toPlain() })}\n`);
		const guidance = error.guidance === undefined ? '' : `\n       ${safePrint(error.guidance)}`;
		process.stderr.write(`${this.style('red', 'error:')} ${safePrint(error.message)}${guidance}\n`);
	}

	style(style: Style, text: string): string {
		return this.#color ? styleText(style, text, { validateStream: false }) : text;
	}

	/** Rows with aligned columns; numbers to the right. */
	table(head: string[], rows: string[][], right: number[] = []): void {
		if (this.json) return;
		const widths = head.map((title, column) =>
			Math.max(title.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
		);
		const format = (row: string[]) =>
			row
				.map((cell, column) => {
					const space = ' '.repeat(Math.max(0, widths[column]! - [...cell].length));
					return right.includes(column) ? space + cell : cell + space;
				})
				.join('  ')
				.trimEnd();
		process.stdout.write(`${this.style('dim', format(head))}\n`);
		for (const row of rows) process.stdout.write(`${format(row)}\n`);
	}
}
