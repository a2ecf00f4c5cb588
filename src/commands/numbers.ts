import { usageError } from '../core/errors.ts';

/** A whole number given for an option. @throws FirnError BAD_NUMBER */
export function wholeNumber(
	option: string,
	text: string,
	least: number,
	most: number = Number.MAX_SAFE_INTEGER,
): number {
	const value = Number(text);
	if (/^\d+$/.test(text) && value >= least && value <= most) return value;
	const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
	throw usageError('BAD_NUMBER', `"${text}" is not a number for ${option}.`, `Give a whole number ${range}.`);
}
