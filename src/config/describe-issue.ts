import type { z } from 'zod';

/** `jobs.0.compression, "lzma": Invalid option: expected one of …`: the first fault, its place and its value. */
export function describeIssue(error: z.ZodError, given: unknown): string {
	const issue = error.issues[0]!;
	const place = issue.path.join('.') || 'its root';
	const value = issue.path.reduce<unknown>(
		(inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
		given,
	);
	const shown = ['string', 'number', 'boolean'].includes(typeof value) ? `, ${JSON.stringify(value)}` : '';
	return `${place}${shown}: ${issue.message}`;
}
