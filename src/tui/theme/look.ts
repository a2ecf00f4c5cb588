import { createContext, useContext } from 'react';
import { type Glyphs, UNICODE } from './glyphs.ts';
import { styleOf, type TextStyle, type ThemeName, type Tone } from './theme.ts';

/** How the app is drawn: part of its state, given to all components. */
export interface Look {
	theme: ThemeName;
	glyphs: Glyphs;
}

export const LookContext = createContext<Look>({ theme: '16', glyphs: UNICODE });

/** Glyphs, and the style of a tone. */
export function useLook(): Look & { tone: (tone: Tone) => TextStyle } {
	const look = useContext(LookContext);
	return { ...look, tone: (tone) => styleOf(look.theme, tone) };
}
