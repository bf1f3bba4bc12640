import { expect, test } from 'vitest';
import { createRandom } from '../../src/emulator/random.ts';
import { isLeaving, makePlan } from './plan.ts';

const COUNT = 1_000;

test('there are as many sends as events, and every tenth event is an opt-out', () => {
  const { events, orders } = makePlan(COUNT, createRandom(1));
  const messages = events.filter(({ kind }) => kind === 'message');
  expect(events).toHaveLength(COUNT);
  expect(messages.length + orders.length).toBe(COUNT);
  expect(orders).toHaveLength(COUNT / 10);
  expect(new Set(events.map(({ id }) => id)).size).toBe(COUNT);
});

test('nobody opts out twice, and whoever does writes before and after, and has an order', () => {
  const { scenes } = makePlan(COUNT, createRandom(2));
  const leaving = scenes.filter(({ order }) => order !== undefined);
  expect(new Set(leaving.map(({ order }) => order?.phone)).size).toBe(COUNT / 10);
  for (const { events, order } of leaving) {
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'message', 'opt-out', 'message']);
    expect(events.every(({ phone }) => phone === order?.phone && isLeaving(phone, COUNT))).toBe(true);
  }
  const staying = scenes.filter(({ order }) => order === undefined).flatMap(({ events }) => events);
  expect(staying.some(({ phone }) => isLeaving(phone, COUNT))).toBe(false);
});

test('a seed makes one plan, and another seed another', () => {
  const plan = makePlan(COUNT, createRandom(3));
  expect(makePlan(COUNT, createRandom(3))).toEqual(plan);
  expect(makePlan(COUNT, createRandom(4))).not.toEqual(plan);
});
