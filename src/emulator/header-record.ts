import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderRecord } from './model.ts';

/** Headers with one text each. */
export function toHeaderRecord(headers: IncomingHttpHeaders): HeaderRecord {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
  );
  return Object.fromEntries(entries);
}
