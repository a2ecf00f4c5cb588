/**
 * Draws a QR code with half blocks, two modules a character.
 * @param ink what the blocks mean: `dark` on paper and in files, `light` on a terminal, whose background is dark
 */
export async function qrLines(text: string, ink: 'dark' | 'light'): Promise<string[]> {
	const { encode } = await import('uqr');
	const { data, size } = encode(text, { ecc: 'M', border: 2 });
	const isInk = (row: number, column: number) => (data[row]?.[column] ?? false) === (ink === 'dark');
	const lines: string[] = [];
	for (let row = 0; row < size; row += 2) {
		let line = '';
		for (let column = 0; column < size; column++) {
			// An odd number of rows ends with half a line of the border.
			const top = isInk(row, column);
			const bottom = isInk(row + 1, column);
			line += top ? (bottom ? '█' : '▀') : bottom ? '▄' : ' ';
		}
		lines.push(line);
	}
	return lines;
}
