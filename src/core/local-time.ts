/**
 * Times as people here read them: by the clock on the wall, in the zone of this machine (or of TZ). What programs read
 * is ISO 8601 in UTC instead.
 */

/** `2026-11-21 17:05:09`. @param at ms since 1970 */
export function localSecond(at: number): string {
	const time = new Date(at);
	return `${localDay(at)} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `2026-11-21 17:05` */
export function localMinute(at: number): string {
	return localSecond(at).slice(0, -3);
}

/** `2026-11-21` */
export function localDay(at: number): string {
	const time = new Date(at);
	return `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** `2026-11-21 17:05 CET`: for sentences of the engine, whose zone need not be that of who reads them. */
export function zonedMinute(at: number): string {
	const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(at);
	return `${localMinute(at)} ${parts.find(({ type }) => type === 'timeZoneName')!.value}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
