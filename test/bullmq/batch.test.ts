import { expect, test } from 'vitest';
import { batched } from '../../src/bullmq/batch.ts';

test('questions of one turn are asked together, each gets its own answer, and later ones are asked again', async () => {
  const asked: (readonly number[])[] = [];
  const double = batched(async (numbers: readonly number[]) => {
    asked.push(numbers);
    return numbers.map((number) => number * 2);
  });
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6]);
  expect(await double(4)).toBe(8);
  expect(asked).toEqual([[1, 2, 3], [4]]);
});

test('a failure is told to all who asked, and to nobody after', async () => {
  let isBroken = true;
  const ask = batched(async (questions: readonly string[]) => {
    if (isBroken) throw new Error('No.');
    return questions;
  });
  const failed = await Promise.allSettled([ask('a'), ask('b')]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  expect(await ask('c')).toBe('c');
});

test('an answer that is missing is no answer', async () => {
  const ask = batched(async () => []);
  await expect(ask('a')).rejects.toThrow('fewer answers');
});
