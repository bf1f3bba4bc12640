import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  gatewayErrorStatuses,
  OUTCOME_UNKNOWN,
  ownSendErrorCodes,
  queuedSendCodes,
  queueErrorCodes,
  webhookErrorStatuses,
} from '../../src/protocol.ts';

const HEADING = /^### `([a-z_]+)`/gmu;

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const [receiving = '', sending = '', queues = ''] = page.split(/^## (?:Sending|Queues)$/mu);

function headings(part: string): string[] {
  return [...part.matchAll(HEADING)].map(([, code = '']) => code).sort();
}

describe('docs/errors.md', () => {
  it('has a heading for each code of receiving, and no other', () => {
    expect(headings(receiving)).toEqual(Object.keys(webhookErrorStatuses).sort());
  });

  it('has a heading for each code of sending, and no other', () => {
    expect(headings(sending)).toEqual([...Object.keys(gatewayErrorStatuses), ...ownSendErrorCodes].sort());
  });

  it('has a heading for each code of the queues, and no other', () => {
    expect(headings(queues)).toEqual([...queueErrorCodes, ...queuedSendCodes, OUTCOME_UNKNOWN].sort());
  });

  it.each(Object.entries(webhookErrorStatuses))('says that %s is answered with %i', (code, status) => {
    const [, text = ''] = receiving.split(`### \`${code}\``);
    expect(text.trimStart()).toMatch(new RegExp(`^${status}\\b`, 'u'));
  });
});
