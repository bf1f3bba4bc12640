import { hasFailure, type TrafficRecord } from './record.ts';

/** Which lines of the traffic are shown. */
export interface TrafficFilter {
  readonly text: string;
  readonly kind: 'all' | 'delivery' | 'request';
  readonly failuresOnly: boolean;
}

export const NO_FILTER: TrafficFilter = { text: '', kind: 'all', failuresOnly: false };

const searchTexts = new WeakMap<TrafficRecord, string>();

function words(record: TrafficRecord): readonly (string | number | null | undefined)[] {
  if (record.kind === 'request') {
    const { id, phone, text, path, code, messageId, purpose, fault, answer, bodyText } = record.value;
    return [id, phone, text, path, code, messageId, purpose, fault, answer?.status, bodyText];
  }
  const { id, event, from, text, state, resendOf, attempts } = record.value;
  const ofAttempts = attempts.flatMap(({ response, error, fault }) => [response?.status, error?.code, fault]);
  return [id, event, from, text, state, resendOf, ...ofAttempts, attempts.at(-1)?.bodyText];
}

/** What a record is searched by. Made once for each: records are never changed, only replaced. */
function searchText(record: TrafficRecord): string {
  const known = searchTexts.get(record);
  if (known !== undefined) return known;
  const made = words(record)
    .filter((word) => word !== null && word !== undefined)
    .join('\n')
    .toLowerCase();
  searchTexts.set(record, made);
  return made;
}

/** The records that the filter lets through, newest first. Every word of the text must occur. */
export function filterRecords(
  records: readonly TrafficRecord[],
  { text, kind, failuresOnly }: TrafficFilter,
): readonly TrafficRecord[] {
  const wanted = text.toLowerCase().split(' ').filter(Boolean);
  return records
    .filter((record) => {
      if (kind !== 'all' && record.kind !== kind) return false;
      if (failuresOnly && !hasFailure(record)) return false;
      return wanted.length === 0 || wanted.every((word) => searchText(record).includes(word));
    })
    .reverse();
}
