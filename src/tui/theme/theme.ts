/** Colours by meaning. The user's own palette decides what the 16 names look like. */

export type Tone = 'normal' | 'muted' | 'accent' | 'ok' | 'warn' | 'error' | 'busy' | 'off' | 'title' | 'key';

export type ThemeName = '16' | 'mono' | 'contrast';

/** Properties of Ink's Text. */
export interface TextStyle {
	color?: string;
	dimColor?: boolean;
	bold?: boolean;
	inverse?: boolean;
}

const STYLES: Record<ThemeName, Record<Tone, TextStyle>> = {
	'16': {
		normal: {},
		muted: { dimColor: true },
		accent: { color: 'cyan' },
		ok: { color: 'green' },
		warn: { color: 'yellow' },
		error: { color: 'red', bold: true },
		busy: { color: 'cyan' },
		off: { dimColor: true },
		title: { bold: true },
		key: { color: 'cyan' },
	},
	mono: {
		normal: {},
		muted: {},
		accent: { bold: true },
		ok: {},
		warn: { bold: true },
		error: { bold: true },
		busy: {},
		off: {},
		title: { bold: true },
		key: { bold: true },
	},
	contrast: {
		normal: { color: 'whiteBright' },
		muted: { color: 'whiteBright' },
		accent: { color: 'whiteBright', bold: true },
		ok: { color: 'whiteBright' },
		warn: { color: 'yellowBright', bold: true },
		error: { color: 'redBright', bold: true },
		busy: { color: 'whiteBright', bold: true },
		off: { color: 'whiteBright' },
		title: { color: 'whiteBright', bold: true },
		key: { color: 'yellowBright', bold: true },
	},
};

export function styleOf(theme: ThemeName, tone: Tone): TextStyle {
	return STYLES[theme][tone];
}

/** `NO_COLOR` (no-color.org: when not empty) wins over `auto`, a choice wins over `NO_COLOR`. */
export function chooseTheme(env: NodeJS.ProcessEnv, choice: 'auto' | ThemeName): ThemeName {
	if (choice !== 'auto') return choice;
	return env.NO_COLOR ? 'mono' : '16';
}
