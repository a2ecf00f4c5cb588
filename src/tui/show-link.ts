/** A link of a store, opened where somebody sits at a browser, else copied. */

import { displayName } from './components/text.ts';
import type { EffectContext } from './screen.ts';
import { openLink } from './terminal/open-link.ts';

/** Opens an address; where there is no display it is copied, and said. */
export async function showLink(url: string, { copy, flash }: EffectContext): Promise<void> {
	if (await openLink(url)) {
		flash('info', 'Opened in the browser.');
		return;
	}
	copy(url);
	flash('info', `No browser is at hand here. Copied ${displayName(url)}`);
}
