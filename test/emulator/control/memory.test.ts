import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { ListJson, MessageJson, StateJson } from '../../../src/emulator/control/json-types.ts';
import { send } from '../gateway.ts';
import { startControlled } from './support/api.ts';
import { follow } from './support/feed.ts';

const MESSAGES = 10_000;
const AT_ONCE = 20;
const HISTORY = 1_000;
const MIB = 1_024 * 1_024;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it('10,000 messages leave memory bounded, for lists and for whoever follows', {
  timeout: 400_000,
}, async () => {
  const { api, gateway } = await startControlled({ plan: 'unlimited', historyLimit: HISTORY });
  const feed = await follow(gateway);
  const sizes: number[] = [];
  for (let sent = 0; sent < MESSAGES; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => send(gateway, { message: `${sent + at}` })));
    // What the follower itself remembers is not the emulator's.
    (feed.events as unknown[]).length = 0;
    if (sent % (MESSAGES / 4) === 0) sizes.push(heapBytes());
  }
  sizes.push(heapBytes());
  const [, second = 0, , fourth = 0, last = 0] = sizes;
  expect(Math.max(fourth, last) - second).toBeLessThan(16 * MIB);

  const state = await api.get<StateJson>('/state');
  expect(state.usage.day.used).toBe(MESSAGES);
  const page = await api.get<ListJson<MessageJson>>(`/messages?limit=${HISTORY}`);
  expect([page.items.length, page.before, page.items[0]?.logId]).toEqual([HISTORY, null, MESSAGES]);
  const requests = await api.get<ListJson<unknown>>(`/requests?limit=${HISTORY}`);
  expect([requests.items.length, requests.before]).toEqual([HISTORY, null]);
});
