import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkId, eventIds, sendIds } from '../../src/bullmq/ids.ts';

describe('the ids of jobs', () => {
  test.each(['1042', '0', 'order:1042', 'a:b:c', '0:1', 'wait', 'meta', '50%', '%3A', 'طلب', '../x y'])(
    '%j is taken, and told from others',
    (id) => {
      const jobId = sendIds.encode(id);
      expect(jobId).not.toContain(':');
      expect(Number.isNaN(Number.parseInt(jobId, 10))).toBe(true);
      expect(sendIds.decode(jobId)).toBe(id);
    },
  );

  test('come back as they were, and never two the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const [jobA, jobB] = [eventIds.encode(a), eventIds.encode(b)];
        return eventIds.decode(jobA) === a && (jobA === jobB) === (a === b);
      }),
    );
  });

  test('of another program are not ours', () => {
    expect(sendIds.decode('17')).toBeUndefined();
  });

  test.each([[''], [undefined], [7], ['x'.repeat(257)], ['\ud800']])('are not %j', (id) => {
    expect(() => checkId('add', id)).toThrow('add: the id is ');
  });
});
