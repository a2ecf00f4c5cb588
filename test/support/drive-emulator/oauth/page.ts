import type { Reply } from '../call.ts';

/** A page of Google's for the user. @param html must be safe as it is */
export const page = (status: number, html: string): Reply => ({
	status,
	headers: { 'content-type': 'text/html; charset=utf-8' },
	body: `<!DOCTYPE html><title>Emulated Google</title><body style="font:1.2em sans-serif;margin:3em">${html}`,
});
