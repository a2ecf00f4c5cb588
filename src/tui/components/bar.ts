import type { Glyphs } from '../theme/glyphs.ts';

/** A progress bar of exactly `width` cells; `share` from 0 to 1. Full only when it is done. */
export function bar(share: number, width: number, { eighths, rest }: Glyphs): string {
	const steps = eighths.length;
	const wanted = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * width * steps;
	const filled = share >= 1 ? width * steps : Math.min(Math.floor(wanted), width * steps - 1);
	const whole = Math.floor(filled / steps);
	const part = filled % steps;
	const cells = eighths[steps - 1]!.repeat(whole) + (part > 0 ? eighths[part - 1]! : '');
	return cells + rest.repeat(Math.max(0, width - whole - (part > 0 ? 1 : 0)));
}

/** The newest `width` values as a line, scaled from 0 to the greatest of them; older space is blank. */
export function sparkline(values: readonly number[], width: number, { spark }: Glyphs): string {
	const shown = values.slice(-width);
	const top = Math.max(...shown, 0);
	const cells = shown.map((value) => {
		if (top === 0 || value <= 0) return spark[0]!;
		return spark[Math.min(spark.length - 1, Math.floor((value / top) * spark.length))]!;
	});
	return ' '.repeat(Math.max(0, width - cells.length)) + cells.join('');
}
