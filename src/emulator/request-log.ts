import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayAnswer } from './rules.ts';
import type { PostRequest } from './server.ts';

/** A POST that the gateway read to its end, to whatever path, with what it answered. */
export interface ReceivedRequest {
  /** The path with its query. */
  readonly path: string;
  /** The headers, without `authorization`: a real key used by mistake must not end in a test's output. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes; none of them where there were too many. */
  readonly rawBody: Buffer;
  /** The answer. */
  readonly answer: GatewayAnswer;
  /** When it was answered. */
  readonly at: Date;
}

/** The POSTs that were read, and their answers. */
export interface RequestLog {
  /** All of them, oldest first, as of now. */
  all(): readonly ReceivedRequest[];
  /** Records one. */
  add(request: PostRequest, answer: GatewayAnswer): void;
  /** Lists the refused ones for an error message; empty where there are none. */
  describeRefused(): string;
}

const FIRST_ERROR_STATUS = 400;
const MOST_LISTED = 10;

/** Makes an empty log. */
export function createRequestLog(): RequestLog {
  const requests: ReceivedRequest[] = [];
  return {
    all: () => [...requests],
    add({ path, headers: { authorization: _, ...headers }, body }, answer) {
      const rawBody = body === 'too_large' ? Buffer.alloc(0) : body;
      requests.push(Object.freeze({ path, headers, rawBody, answer, at: new Date() }));
    },
    describeRefused() {
      const refused = requests.filter(({ answer }) => answer.status >= FIRST_ERROR_STATUS);
      if (refused.length === 0) return '';
      const heading = `${refused.length} refused${refused.length > MOST_LISTED ? `, the last ${MOST_LISTED}` : ''}:`;
      const listed = refused
        .slice(-MOST_LISTED)
        .map(({ path, answer: { status, body } }) => `  ${path}: ${status} ${body.error ?? body.message}`);
      return [heading, ...listed].join('\n');
    },
  };
}
