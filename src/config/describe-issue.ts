import type { z } from 'zod';
import { safePrint } from '../core/safe-print.ts';

const LONGEST = 60;

/** `jobs.0.compression, "lzma": Invalid option: expected one of …`: the first fault, its place and its value. */
export function describeIssue(error: z.ZodError, given: unknown): string {
	const issue = error.issues[0]!;
	const place = issue.path.join('.') || 'its root';
	const value = issue.path.reduce<unknown>(
		(inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
		given,
	);
	const shown = ['string', 'number', 'boolean'].includes(typeof value) ? `, ${shortened(JSON.stringify(value))}` : '';
	// Names of fields, too, are whatever somebody has put there.
	return safePrint(`${shortened(place)}${shown}: ${shortened(issue.message, 5 * LONGEST)}`);
}

const shortened = (text: string, longest = LONGEST): string =>
	text.length > longest ? `${text.slice(0, longest)}…` : text;
