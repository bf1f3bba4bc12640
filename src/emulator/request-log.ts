import { EMULATOR_PREFIX } from '../protocol.ts';
import { createHistory } from './history.ts';
import { EMULATOR_HISTORY_BYTES } from './limits.ts';
import type { ReceivedRequest } from './model.ts';

/** The POSTs that were read, and their answers. */
export interface RequestLog {
  /** Those that are kept, oldest first, as of now. */
  all(): readonly ReceivedRequest[];
  /** The id of the next one. */
  nextId(): string;
  /** Records one. */
  add(request: ReceivedRequest): void;
  /** Lists the refused ones for an error message; empty where there are none. */
  describeRefused(): string;
  /** Forgets all of them, but not the id that comes next. */
  clear(): void;
}

const FIRST_ERROR_STATUS = 400;
const MOST_LISTED = 10;

/** Makes an empty log that keeps so many requests. */
export function createRequestLog(limit: number): RequestLog {
  const requests = createHistory<ReceivedRequest>({
    limit,
    maxBytes: EMULATOR_HISTORY_BYTES,
    sizeOf: ({ rawBody, text }) => rawBody.length + (text?.length ?? 0),
  });
  let count = 0;
  return {
    all: requests.all,
    nextId() {
      count += 1;
      return `${EMULATOR_PREFIX}req_${count}`;
    },
    add(request) {
      requests.put(request.id, Object.freeze(request));
    },
    describeRefused() {
      const refused = requests
        .all()
        .filter(({ answer }) => answer === undefined || answer.status >= FIRST_ERROR_STATUS);
      if (refused.length === 0) return '';
      const heading = `${refused.length} refused${refused.length > MOST_LISTED ? `, the last ${MOST_LISTED}` : ''}:`;
      const listed = refused
        .slice(-MOST_LISTED)
        .map(({ path, answer, code, why, fault }) =>
          answer === undefined
            ? `  ${path}: no answer (${fault ?? 'the app went away'})`
            : `  ${path}: ${answer.status} ${code ?? why ?? fault ?? ''}`,
        );
      return [heading, ...listed].join('\n');
    },
    clear: requests.clear,
  };
}
