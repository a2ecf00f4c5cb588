import type { AppState } from '../state.ts';
import { useLook } from '../theme/look.ts';
import { Line } from './line.tsx';

/** The line above the hints: what has just happened. */
export function FlashLine({ app, width }: { app: AppState; width: number }) {
	const { glyphs } = useLook();
	const { flash } = app;
	if (!flash) return <Line segments={['']} width={width} />;
	const sign = { info: ' ', warn: glyphs.warn, error: glyphs.error }[flash.level];
	const tone = ({ info: 'normal', warn: 'warn', error: 'error' } as const)[flash.level];
	return <Line segments={[{ text: ` ${sign} ${flash.text}`, tone }]} width={width} />;
}
