export class S3Error extends Error {
	readonly code: string;
	readonly status: number;
	readonly extra: Record<string, string>;
	constructor(status: number, code: string, message = code, extra: Record<string, string> = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.extra = extra;
	}
}

export const noSuchKey = () => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
export const preconditionFailed = () =>
	new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.');
export const notImplemented = (what: string) =>
	new S3Error(501, 'NotImplemented', `A header you provided implies functionality that is not implemented: ${what}.`);
export const invalidRequest = (message: string) => new S3Error(400, 'InvalidRequest', message);
