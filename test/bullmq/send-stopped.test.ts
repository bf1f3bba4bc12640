import { describe, expect, test } from 'vitest';
import { answerRefused } from './support/gateway.ts';
import { MESSAGE, useRedis } from './support/queues.ts';
import { ID, standWith } from './support/stand-with.ts';
import { until } from './support/until.ts';

const redis = useRedis();

describe('a worker that is stopped past its lock and goes on', () => {
  test('before its intent sends nothing that another has sent', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'before_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is sent', () => second.outcomes.length > 0);
    worker.signal('SIGCONT');
    worker.goOn();
    await queue.add(MESSAGE, { id: 'next' });
    await gateway.untilPosts(2);
    await until('both are sent', async () => (await queue.counts()).sent === 2);
    expect(gateway.posts).toHaveLength(2);
    expect(await queue.find(ID)).toMatchObject({ state: 'sent', messageId: 'msg-1' });
  });

  test('after its intent does not send, frees the message, and it is sent once', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'after_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(second.outcomes).toMatchObject([{ type: 'unknown', code: 'worker_lost' }]);
    worker.signal('SIGCONT');
    worker.goOn();
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    expect(gateway.posts).toHaveLength(1);
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
  });

  test('after the answer tells the truth, and it wins', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'after_answer');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    expect(await queue.find(ID)).toMatchObject({ state: 'unknown' });
    worker.signal('SIGCONT');
    worker.goOn();
    expect(await worker.outcome).toMatchObject({ outcome: 'sent' });
    expect(await queue.find(ID)).toEqual({ id: ID, state: 'sent', messageId: 'msg-1', logId: 1 });
    expect(await queue.counts()).toMatchObject({ sent: 1, unknown: 0, failed: 0 });
    expect(await queue.unknownSends()).toEqual([]);
    expect(gateway.posts).toHaveLength(1);
  });

  test('while the gateway refuses tells so, and it wins', async () => {
    let answer: () => void = () => undefined;
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'before_intent', {
      answering: (post, response, count) => {
        answer = () => void answerRefused(403, 'policy_violation')(post, response, count);
      },
    });
    worker.goOn();
    await gateway.untilPosts(1);
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    answer();
    worker.signal('SIGCONT');
    await until('the refusal is known', async () => (await queue.find(ID))?.state === 'failed');
    expect(await queue.failedSends()).toMatchObject([{ id: ID, code: 'policy_violation' }]);
    expect(await queue.unknownSends()).toEqual([]);
    expect(gateway.posts).toHaveLength(1);
  });

  test('does not send what a person has sent again meanwhile', async () => {
    const { gateway, queue, worker, startSecond } = await standWith(redis, 'after_intent');
    worker.signal('SIGSTOP');
    const second = startSecond();
    await until('it is given up', () => second.outcomes.length > 0);
    await queue.sendAgain(ID);
    await until('it is sent', async () => (await queue.find(ID))?.state === 'sent');
    worker.signal('SIGCONT');
    worker.goOn();
    await queue.add(MESSAGE, { id: 'next' });
    await until('both are sent', async () => (await queue.counts()).sent === 2);
    expect(gateway.posts).toHaveLength(2);
  });
});
