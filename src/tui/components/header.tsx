import { Text } from 'ink';
import { ALL_SCREENS } from '../screens/index.ts';
import { type AppState, SCREENS } from '../state.ts';
import { useLook } from '../theme/look.ts';
import type { Tone } from '../theme/theme.ts';
import { displayName, fit, widthOf } from './text.ts';

/** The first line: the screens and their keys, the machine, the engine. */
export function Header({ app, width }: { app: AppState; width: number }) {
	const { tone, glyphs } = useLook();
	const { word, name } = engineWord(app);
	const sign = { ok: glyphs.busy, muted: glyphs.off, error: glyphs.warn }[name];
	const right = `${fit(displayName(app.host), 16)} ${sign} ${word} `;
	const full = tabs(app, true);
	const isFull = full.reduce((sum, tab) => sum + widthOf(tab.text) + 1, 2) + widthOf(right) <= width;
	const shown = isFull ? full : tabs(app, false);
	const used = shown.reduce((sum, tab) => sum + widthOf(tab.text) + 1, 1);
	return (
		<Text wrap="hard">
			{' '}
			{shown.map((tab) => (
				<Text key={tab.text}>
					<Text {...tone(tab.active ? 'accent' : 'muted')} bold={tab.active}>
						{tab.text}
					</Text>{' '}
				</Text>
			))}
			{' '.repeat(Math.max(0, width - used - widthOf(right)))}
			<Text {...tone('muted')}>{`${fit(displayName(app.host), 16)} `}</Text>
			<Text {...tone(name as Tone)}>{`${sign} ${word} `}</Text>
		</Text>
	);
}

function tabs(app: AppState, names: boolean): { text: string; active: boolean }[] {
	return ALL_SCREENS.map(({ id, title }) => {
		const number = SCREENS.indexOf(id) + 1;
		const active = id === app.screen;
		if (active) return { text: `[${number} ${title}]`, active };
		return { text: names ? `${number} ${title}` : `${number}`, active };
	});
}

function engineWord({ engine, now }: AppState): { word: string; name: 'ok' | 'muted' | 'error' } {
	if (engine.state === 'ok') return { word: 'ok', name: 'ok' };
	if (engine.state === 'starting') return { word: 'starting', name: 'muted' };
	const wait = Math.max(0, Math.ceil((engine.retryAt - now) / 1000));
	return { word: `engine lost, retry in ${wait} s`, name: 'error' };
}
