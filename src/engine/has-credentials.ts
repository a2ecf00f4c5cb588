/** Whether the caller's environment says who asks the store. */
export function hasCredentials(env: Record<string, string>): boolean {
	return 'AWS_ACCESS_KEY_ID' in env || 'AWS_PROFILE' in env;
}
