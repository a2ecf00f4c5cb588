/** Where Google is asked: its own hosts, or all at one base address (an enterprise proxy, a test). Pure. */

export interface Endpoints {
	api: string;
	upload: string;
	token: string;
	/** Of a sign-in: the code to type in, the page of consent, the way back out. */
	device: string;
	auth: string;
	revoke: string;
	/** What messages call it. */
	store: string;
}

export function endpointsOf(endpoint: string | undefined): Endpoints {
	if (endpoint === undefined) {
		return {
			api: 'https://www.googleapis.com/drive/v3',
			upload: 'https://www.googleapis.com/upload/drive/v3',
			token: 'https://oauth2.googleapis.com/token',
			device: 'https://oauth2.googleapis.com/device/code',
			auth: 'https://accounts.google.com/o/oauth2/v2/auth',
			revoke: 'https://oauth2.googleapis.com/revoke',
			store: 'Google Drive',
		};
	}
	const base = endpoint.replace(/\/+$/, '');
	return {
		api: `${base}/drive/v3`,
		upload: `${base}/upload/drive/v3`,
		token: `${base}/token`,
		device: `${base}/device/code`,
		auth: `${base}/auth`,
		revoke: `${base}/revoke`,
		store: `Google Drive at ${base}`,
	};
}

/**
 * The address of an upload session, at the host that uploads go to: what Google answers through a proxy that leaves the
 * headers alone leads past it, and the access token must go nowhere else. Undefined for what is no address:
 * the error that says so would hold it.
 */
export function sessionAddress(upload: string, location: string): string | undefined {
	const found = URL.parse(location, upload);
	return found ? `${new URL(upload).origin}${found.pathname}${found.search}` : undefined;
}
