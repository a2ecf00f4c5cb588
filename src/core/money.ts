import { usageError } from './errors.ts';

/** USD for people: `$0`, `<$0.01`, `$12.30`, `$1,234.50`. */
export function formatUsd(amount: number): string {
	if (amount === 0) return '$0';
	if (amount < 0.005) return '<$0.01';
	return `$${amount.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`;
}

/** `12`, `$12.50`, `12.50 USD`. @throws FirnError BAD_AMOUNT */
export function parseUsd(text: string): number {
	const match = /^\s*\$?\s*(\d+(?:\.\d+)?)\s*(?:usd)?\s*$/i.exec(text);
	if (!match)
		throw usageError('BAD_AMOUNT', `"${text}" is not an amount of US dollars.`, 'Give a number such as 12.50.');
	return Number(match[1]);
}
