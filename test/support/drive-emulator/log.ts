/** What was asked of Drive, without tokens, codes and session addresses. */

import { Requests } from '../store-server/request-log.ts';

export interface LogEntry {
	operation: string;
	/** The file in the address of the request or, of an upload, the one that it ended in. */
	fileId: string | undefined;
	/** Upload sessions are numbered from 1. */
	session: number | undefined;
	/** Parameters of the address that are no secrets: q, fields, pageSize, orderBy and their like. */
	query: Record<string, string>;
	/** 0 until answered, or when the connection was cut. */
	status: number;
	/** The `reason` or OAuth's `error` of a refusal. */
	reason: string | undefined;
	fault: string | undefined;
	range: string | undefined;
	contentRange: string | undefined;
	/** Whether it had an Authorization header. */
	authorized: boolean;
	/** Body bytes taken and given. */
	bytesIn: number;
	bytesOut: number;
	/** Of those taken, what a session had persisted already. */
	bytesTwice: number;
	/** Quota units that it cost. */
	units: number;
	/** Milliseconds since 1970 by the machine, and by the store's clock. */
	at: number;
	storeTime: number;
}

export class RequestLog extends Requests<LogEntry> {}
