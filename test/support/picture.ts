/** Pictures of what a terminal shows, with a font of an npm package: the same bytes on every machine. */

import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

const require = createRequire(import.meta.url);
/** DejaVu Sans has what its monospaced sister lacks. */
const FONTS = ['DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSans'];

/** An SVG of svg.ts as a PNG. */
export function png(svg: string, zoom = 2): Buffer {
	const fontFiles = FONTS.map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
	const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono' };
	return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font }).render().asPng();
}
