import type { Glyphs } from '../theme/glyphs.ts';

/** Columns of values, `height` rows from the top, the newest `width` values; each row is exactly `width` cells. */
export function chart(values: readonly number[], width: number, height: number, { spark }: Glyphs): string[] {
	const shown = values.slice(-width);
	const top = Math.max(...shown, 0);
	const steps = spark.length;
	const filled = shown.map((value) => (top === 0 ? 0 : Math.round((value / top) * height * steps)));
	return Array.from({ length: height }, (_, row) => {
		const below = (height - 1 - row) * steps;
		const cells = filled.map((eighths) => {
			const here = Math.min(steps, eighths - below);
			return here <= 0 ? ' ' : spark[here - 1]!;
		});
		return ' '.repeat(Math.max(0, width - cells.length)) + cells.join('');
	});
}
