import { describe, expect, it } from 'vitest';
import { normalizePhone } from '../../src/phone.ts';
import { parseRetryAfter } from '../../src/sender/retry.ts';
import { findSigningKey } from '../../src/webhook/signature.ts';
import { parseTimestamp } from '../../src/webhook/timestamp.ts';
import { sign } from '../support/deliveries.ts';
import { observedReceiver } from '../support/received.ts';

const LENGTH = 100_000;
const { headers, rawBody } = sign();

/** So many characters: what takes time in the square of them does not end before the test does. */
const long = [
  '0',
  '1',
  'a',
  ' ',
  '.',
  '-',
  '@',
  ':',
  '@1',
  ':1',
  'json+',
  ';',
  ', ',
  '+',
  '(',
  '٠',
  '\u200f',
].map((part) => part.repeat(LENGTH / part.length));
const ends = ['', '!', '@', '\n', 'json', 'Z'];
const inputs = long.flatMap((start) => ends.map((end) => start + end));

describe('very long texts', { timeout: 60_000 }, () => {
  it.each([
    ['timestamp', parseTimestamp],
    ['timestamp with a good start', (text: string) => parseTimestamp(`2026-05-08T10:01:00.${text}`)],
    ['signature', (text: string) => findSigningKey([], `sha256=${text}`, '', rawBody)],
    ['Retry-After', (text: string) => parseRetryAfter(text, 0)],
    ['phone number', normalizePhone],
    ['phone number with a good start', (text: string) => normalizePhone(`966501234567:12${text}`)],
  ])('are no %s, and take no more than a moment to say so', (_name, read) => {
    expect(inputs.flatMap((text) => read(text) ?? [])).toEqual([]);
  });

  it.each(['content-type', 'content-encoding'])('are no %s either', async (name) => {
    const receiver = observedReceiver();
    for (const start of ['', 'application/', 'application/json', 'application/a+']) {
      for (const text of long.filter((part) => part.trim() !== '')) {
        const value = `${start}${text}`;
        if (value.startsWith('application/json;')) continue;
        const answer = await receiver.receive({ headers: { ...headers, [name]: value }, rawBody });
        expect(answer.status).toBe(415);
      }
    }
  });
});
