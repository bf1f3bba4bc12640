import { checkOptionNames } from '../../options.ts';
import type { Answer } from './answer.ts';
import { ControlError } from './errors.ts';
import { DEFAULT_LIST_LIMIT, MAX_LIST_CHARACTERS, MAX_LIST_LIMIT } from './limits.ts';

const WHOLE_NUMBER = /^\d{1,9}$/u;
const PARAMETERS = ['limit', 'before'];

/** Which part of a list is asked for. */
export interface Page {
  /** How many records at the most. */
  readonly limit: number;
  /** The id of the record that the page before ended with. */
  readonly before: string | undefined;
}

/** @throws ControlError `invalid_query`. */
export function readPage(owner: string, query: URLSearchParams): Page {
  try {
    checkOptionNames(owner, Object.fromEntries(query), PARAMETERS);
  } catch (error) {
    throw new ControlError('invalid_query', error instanceof Error ? error.message : String(error));
  }
  const text = query.get('limit') ?? String(DEFAULT_LIST_LIMIT);
  const limit = WHOLE_NUMBER.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIST_LIMIT) {
    const advice = `Give a whole number from 1 to ${MAX_LIST_LIMIT}, or leave it out.`;
    throw new ControlError('invalid_query', `${owner}: limit cannot be used. ${advice}`);
  }
  return { limit, before: query.get('before') ?? undefined };
}

/**
 * Answers with one page of a list, newest first. A page ends early where its records are large, so that no answer
 * grows without bound. Before a record that is not kept (any more) there is nothing.
 *
 * @param records - Oldest first.
 */
export function listAnswer<Item>(
  records: readonly Item[],
  idOf: (item: Item) => string,
  toJson: (item: Item) => object,
  { limit, before }: Page,
): Answer {
  const end = before === undefined ? records.length : records.findIndex((item) => idOf(item) === before);
  const items: string[] = [];
  let characters = 0;
  let at = end - 1;
  while (at >= 0 && items.length < limit && characters < MAX_LIST_CHARACTERS) {
    const item = records[at];
    if (item === undefined) break;
    const json = JSON.stringify(toJson(item));
    items.push(json);
    characters += json.length;
    at -= 1;
  }
  const last = at < 0 ? undefined : records[at + 1];
  const next = last === undefined ? null : idOf(last);
  return { status: 200, json: `{"items":[${items.join(',')}],"before":${JSON.stringify(next)}}` };
}
